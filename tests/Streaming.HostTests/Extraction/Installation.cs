using System.Data.Common;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Extraction;

/// <summary>A host and its instances as processes of their own, with people who have signed in.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private const int People = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("streaming-extraction-").FullName;
    private readonly List<HostProcess> _instances = [];
    private readonly List<HttpClient> _people = [];

    private readonly string? _postgres;

    private Installation((string Key, string Value)[] settings) =>
        (Host, _postgres) = (new HostProcess("host", _folder, settings), settings.FirstOrDefault(s => s.Key == "data:postgres").Value);

    public HostProcess Host { get; }

    /// <summary>An operator, who is a publisher too.</summary>
    public HttpClient Operator { get; private set; } = null!;

    /// <summary>Accounts of their own.</summary>
    public IReadOnlyList<HttpClient> Viewers => _people;

    public static async Task<Installation> Start(params (string Key, string Value)[] settings)
    {
        // One address asks for everybody, so what is for one person is raised. And a busy machine is slow: that must not bring modules home here.
        var installation = new Installation(
            [.. settings, ("guard:wayMs", "5000"), ("guard:slowPercent", "50"), .. new[] { "address", "user" }.SelectMany(name => new[] { ($"gateway:limits:{name}:perSecond", "100000"), ($"gateway:limits:{name}:burst", "100000") })]);
        try
        {
            if (settings.Any(s => s.Key == "data:postgres")) await installation.Host.Migrate();
            await installation.Host.Start();
            installation.Operator = await installation.SignedIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
            for (var i = 0; i < People; i++)
            {
                using var stranger = installation.Anonymous();
                using var registered = await stranger.PostAsJsonAsync("/api/users/register", new { email = $"viewer{i}@example.test", password = TestHost.OperatorPassword });
                Assert.That(registered.StatusCode, Is.EqualTo(HttpStatusCode.Created), await registered.Content.ReadAsStringAsync());
                installation._people.Add(await installation.SignedIn($"viewer{i}@example.test", TestHost.OperatorPassword));
            }

            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts an instance and waits until the host knows it.</summary>
    public async Task<HostProcess> Instance(string name, string modules)
    {
        var instance = new HostProcess(name, Host, modules);
        _instances.Add(instance);
        await instance.Start();
        await Until(async () => (await Dial()).GetProperty("processes").EnumerateArray().Any(p => p.GetProperty("name").GetString() == name), $"the host does not know {name}");
        return instance;
    }

    public async Task KillInstances()
    {
        foreach (var instance in _instances) await instance.DisposeAsync();
        _instances.Clear();
    }

    public async Task<JsonElement> Dial() => await (await Operator.GetAsync("/api/operations/dial")).Json();

    public async Task<JsonElement> Dial(string module) => (await Dial()).GetProperty("modules").EnumerateArray().Single(m => m.GetProperty("module").GetString() == module);

    public async Task<JsonElement> Turn(string module, string mode, decimal percent = 0, bool force = false) =>
        await (await Operator.PutAsJsonAsync($"/api/operations/dial/{module}", new { mode, percent, force })).Json();

    public async Task<IReadOnlyList<JsonElement>> Decisions(string module) =>
        [.. (await (await Operator.GetAsync($"/api/operations/dial/decisions?module={module}")).Json()).GetProperty("items").EnumerateArray()];

    /// <summary>What is in the catalogue's tables, whoever would be shown it.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name)>> Titles()
    {
        await using DbConnection connection = _postgres is null
            ? new SqliteConnection($"Data Source={Path.Combine(Host.Folder, "catalog.db")};Pooling=False")
            : new NpgsqlConnection(_postgres);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"""SELECT "TitleId", "Name" FROM {(_postgres is null ? "" : "catalog.")}title_metadata WHERE "Version" = 1""";
        await using var rows = await command.ExecuteReaderAsync();
        var titles = new List<(Guid, string)>();
        while (await rows.ReadAsync()) titles.Add((rows.GetGuid(0), rows.GetString(1)));
        return titles;
    }

    public HttpClient Anonymous() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Host.Url };

    public static async Task Until(Func<Task<bool>> reached, string otherwise, int seconds = 30)
    {
        for (var since = Stopwatch.StartNew(); !await reached(); await Task.Delay(50)) Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(seconds), otherwise);
    }

    public async ValueTask DisposeAsync()
    {
        Operator?.Dispose();
        foreach (var viewer in _people) viewer.Dispose();
        foreach (var instance in _instances) await instance.DisposeAsync();
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<HttpClient> SignedIn(string email, string password)
    {
        var client = Anonymous();
        await client.SignIn(email, password);
        return client;
    }
}
