using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Streaming.Host.Commands;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

/// <summary>What operators do: events that could not be delivered, forgotten passwords, a database that somebody else holds.</summary>
public sealed class OperationsTests
{
    private TestHost _host = null!;
    private int _port;

    [OneTimeSetUp]
    public async Task Start()
    {
        _port = FreePort();
        _host = await TestHost.Start(null, ("telemetry:metrics", $"http://127.0.0.1:{_port}"), ("events:attempts", "1"));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task A_parked_event_is_told_in_health_and_metrics_and_can_be_sent_again()
    {
        using var client = await _host.SignedIn();
        await Execute("users.db", $"""
            INSERT INTO outbox (Id, Type, Body, At, Attempts) VALUES ('{Guid.CreateVersion7().ToString().ToUpperInvariant()}', 'Streaming.Users.ProfileDeleted', 'no json', 0, 0)
            """);

        var parked = await Until(client, "/api/operations/parked-events", list => list.GetProperty("items").GetArrayLength() == 1);
        var told = parked.GetProperty("items")[0];
        Assert.That(told.GetProperty("module").GetString(), Is.EqualTo("users"));
        Assert.That(told.GetProperty("error").GetString(), Does.Contain("JsonException"));

        using var ready = await client.GetAsync("/health/ready");
        var events = (await ready.Json()).GetProperty("checks").GetProperty("events");
        Assert.That((events.GetProperty("status").GetString(), events.GetProperty("reason").GetString()![..2]), Is.EqualTo(("degraded", "1 ")));
        Assert.That(await Metric(parked: 1), Is.True);

        // Mended: it is delivered by the command line, which finds the host by its folder.
        await Execute("users.db", $"UPDATE outbox SET Body = '{{\"profileId\":\"{Guid.CreateVersion7()}\"}}' WHERE ParkedAt IS NOT NULL");
        Assert.That(await Run(EventsCommand.Create(), "retry", "--data", _host.Folder), Is.EqualTo(ExitCodes.Done));
        await Until(client, "/health/ready", health => health.GetProperty("checks").GetProperty("events").GetProperty("status").GetString() == "ready");
        Assert.That(await Metric(parked: 0), Is.True);
        Assert.That(await Run(EventsCommand.Create(), "retry", $"{Guid.CreateVersion7()}", "--data", _host.Folder), Is.EqualTo(ExitCodes.Failed));
    }

    [Test]
    public async Task Parked_events_are_for_operators()
    {
        using var nobody = _host.Anonymous();
        await (await nobody.GetAsync("/api/operations/parked-events")).Problem(HttpStatusCode.Unauthorized);
        await (await nobody.PostAsync("/api/operations/parked-events/retry", null)).Problem(HttpStatusCode.Unauthorized);
        await (await nobody.PostAsJsonAsync("/api/users/register", new { email = "viewer@example.test", password = "correct horse" })).Json(HttpStatusCode.Created);
        using var viewer = await _host.SignedIn("viewer@example.test", "correct horse");
        await (await viewer.PostAsync("/api/operations/parked-events/retry", null)).Problem(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_forgotten_password_is_reset_on_the_machine_itself()
    {
        using var nobody = _host.Anonymous();
        await (await nobody.PostAsJsonAsync("/api/users/register", new { email = "forgetful@example.test", password = "correct horse" })).Json(HttpStatusCode.Created);
        using var signedIn = await _host.SignedIn("forgetful@example.test", "correct horse");

        var output = new StringWriter();
        var exit = await Run(ResetPasswordCommand.Create(), output, "forgetful@example.test", "--data", _host.Folder);
        Assert.That(exit, Is.EqualTo(ExitCodes.Done), output.ToString());
        using var renewed = await _host.SignedIn("forgetful@example.test", output.ToString().Trim().Split(' ')[^1]);

        Assert.That((await signedIn.GetAsync("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "sessions from before are over");
        Assert.That(await Run(ResetPasswordCommand.Create(), "nobody@example.test", "--data", _host.Folder), Is.EqualTo(ExitCodes.Failed));
        Assert.That(await Run(ResetPasswordCommand.Create(), "a@example.test", "--data", Path.Combine(_host.Folder, "mistyped")), Is.EqualTo(ExitCodes.Failed));
        Assert.That(Directory.Exists(Path.Combine(_host.Folder, "mistyped")), Is.False);
    }

    [Test]
    public async Task What_an_account_is_signed_in_with_is_listed_and_ended_on_the_machine_itself()
    {
        using var nobody = _host.Anonymous();
        await (await nobody.PostAsJsonAsync("/api/users/register", new { email = "lost@example.test", password = "correct horse" })).Json(HttpStatusCode.Created);
        using var signedIn = await _host.SignedIn("lost@example.test", "correct horse");
        var made = await (await signedIn.PostAsJsonAsync("/api/users/api-keys", new { name = "importer" })).Json(HttpStatusCode.Created);
        using var program = _host.Anonymous();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("key").GetString());
        Assert.That((await program.GetAsync("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        string[] here = ["--data", _host.Folder];
        var output = new StringWriter();
        Assert.That(await Run(SessionsCommand.Create(), output, ["lost@example.test", .. here]), Is.EqualTo(ExitCodes.Done));
        Assert.That(output.ToString(), Does.Contain("from 127.0.0.1"));
        Assert.That(await Run(SessionsCommand.Create(), ["end", "lost@example.test", .. here]), Is.EqualTo(ExitCodes.Done));
        Assert.That((await signedIn.GetAsync("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));

        output = new StringWriter();
        Assert.That(await Run(ApiKeysCommand.Create(), output, ["lost@example.test", .. here]), Is.EqualTo(ExitCodes.Done));
        Assert.That(output.ToString(), Does.Contain("importer").And.Contain("viewer").And.Contain("for good"));
        Assert.That(await Run(ApiKeysCommand.Create(), ["revoke", made.GetProperty("id").GetString()!, .. here]), Is.EqualTo(ExitCodes.Done));
        Assert.That((await program.GetAsync("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await Run(SessionsCommand.Create(), ["nobody@example.test", .. here]), Is.EqualTo(ExitCodes.Failed));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_write_that_finds_the_database_held_is_told_to_try_again(CancellationToken ct)
    {
        using var client = await _host.SignedIn();
        await using var other = new SqliteConnection($"Data Source={Path.Combine(_host.Folder, "users.db")};Pooling=False");
        await other.OpenAsync(ct);
        await using (var hold = new SqliteCommand("BEGIN IMMEDIATE", other)) await hold.ExecuteNonQueryAsync(ct);

        var asked = client.PostAsJsonAsync("/api/users/profiles", new { name = "Kid", maturityLimit = 7 }, ct);
        using var answer = await asked.WaitAsync(TimeSpan.FromSeconds(15), ct);

        var problem = await answer.Problem(HttpStatusCode.ServiceUnavailable);
        Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("urn:streaming:error:storage-busy"));
        Assert.That(answer.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    private async Task<bool> Metric(int parked)
    {
        using var client = new HttpClient();
        for (var i = 0; i < 60; i++)
        {
            var metrics = await client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/metrics"));
            if (Regex.IsMatch(metrics, $"^streaming_outbox_parked\\S*module=\"users\"\\S* {parked}(\\s|$)", RegexOptions.Multiline)) return true;
            await Task.Delay(500);
        }

        return false;
    }

    private static async Task<System.Text.Json.JsonElement> Until(HttpClient client, string path, Func<System.Text.Json.JsonElement, bool> reached)
    {
        for (var i = 0; ; i++)
        {
            using var answer = await client.GetAsync(path);
            var body = await answer.Json();
            if (reached(body)) return body;
            Assert.That(i, Is.LessThan(200), $"{body}");
            await Task.Delay(100);
        }
    }

    private static Task<int> Run(System.CommandLine.Command command, params string[] arguments) => Run(command, TextWriter.Null, arguments);

    private static async Task<int> Run(System.CommandLine.Command command, TextWriter output, params string[] arguments)
    {
        var before = Console.Out;
        Console.SetOut(output);
        try
        {
            return await command.Parse(arguments).InvokeAsync();
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    private async Task Execute(string database, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_host.Folder, database)};Pooling=False");
        await connection.OpenAsync();
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
