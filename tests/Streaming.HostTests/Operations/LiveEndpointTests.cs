using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Operations.Live;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Resilience;

namespace Streaming.HostTests.Operations;

public sealed class LiveEndpointTests
{
    private TestHost _host = null!;

    [OneTimeSetUp]
    public async Task Start() => _host = await TestHost.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task Traffic_appears_in_the_lines_and_in_the_routes_by_template()
    {
        using var client = await _host.SignedIn();
        for (var i = 0; i < 30; i++) await client.GetAsync($"/api/catalog/titles/{Guid.CreateVersion7()}");

        var live = await Until(client, l => Sum(l, "requests.browse") >= 30 && Row(l, "routes", "GET /api/catalog/titles/{id:guid}") is not null);

        Assert.Multiple(() =>
        {
            Assert.That(Sum(live, "errors.client"), Is.GreaterThanOrEqualTo(30), "none of them is there");
            Assert.That(Values(live, "latency.p99").Max(), Is.GreaterThan(0));
            Assert.That(Values(live, "memory").Last(), Is.GreaterThan(10e6));
            Assert.That(Row(live, "routes", "GET /api/catalog/titles/{id:guid}")!.Value.GetProperty("cells")[7].GetInt64(), Is.GreaterThanOrEqualTo(30));
            Assert.That(Row(live, "routes", "GET /api/catalog/titles/{id:guid}")!.Value.GetProperty("cells")[8].GetInt64(), Is.Zero, "and none is our fault");
            Assert.That(live.GetProperty("columns").GetProperty("routes").GetArrayLength(), Is.EqualTo(11));
        });
    }

    [Test]
    public async Task An_isolated_dependency_is_told_within_two_beats_with_what_to_do()
    {
        using var client = await _host.SignedIn();
        await client.PostAsJsonAsync("/api/playback/sessions", new { titleId = Guid.CreateVersion7() });
        await using var watch = await Watch.Open(client);
        await watch.Next();

        await client.PostAsync("/ops/resilience/playback/catalog.playable/isolate", null);
        try
        {
            var alerts = new List<JsonElement>();
            for (var beat = 0; beat < 3 && alerts.Count == 0; beat++)
                if ((await watch.Next()).GetProperty("parts").TryGetProperty("alerts", out var told)) alerts.AddRange(told.EnumerateArray());

            var alert = alerts.Single(a => a.GetProperty("key").GetString() == "circuit:playback/catalog.playable");
            Assert.That(alert.GetProperty("panel").GetString(), Is.EqualTo("dependencies"));
            Assert.That(alert.GetProperty("advice").GetString(), Does.EndWith("."));
            Assert.That(File.Exists(Path.Combine(Repository.Root, "docs", "operations", alert.GetProperty("doc").GetString()!)), Is.True);
        }
        finally
        {
            await client.PostAsync("/ops/resilience/playback/catalog.playable/close", null);
        }
    }

    [Test]
    public async Task The_store_of_the_shared_limits_that_does_not_answer_is_told()
    {
        using var client = await _host.SignedIn();
        var store = _host.Services.GetRequiredService<Dependencies>().Of(ResiliencePolicies.CacheZone, "gateway.limits");
        for (var i = 0; i < 5; i++)
            await store.Try<int, int>((_, _) => throw new InvalidOperationException("It is away."), 0, CancellationToken.None);
        await using var watch = await Watch.Open(client);

        var told = new List<string?>();
        for (var beat = 0; beat < 4 && !told.Contains("circuit:cache.zone/gateway.limits"); beat++)
            if ((await watch.Next()).GetProperty("parts").TryGetProperty("alerts", out var alerts)) told.AddRange(alerts.EnumerateArray().Select(a => a.GetProperty("key").GetString()));

        Assert.That(told, Does.Contain("circuit:cache.zone/gateway.limits"));
    }

    [Test]
    public async Task What_is_asked_for_is_checked_and_only_the_lines_that_were_named_are_sent()
    {
        using var client = await _host.SignedIn();
        await (await client.GetAsync("/ops/live?minutes=0")).Problem(HttpStatusCode.UnprocessableEntity);
        var live = await (await client.GetAsync("/ops/live?minutes=60&lines=cpu,nothing,memory")).Json();
        Assert.That(live.GetProperty("series").EnumerateObject().Select(s => s.Name), Is.EqualTo(new[] { "cpu", "memory" }));
        Assert.That(live.GetProperty("step").GetInt32(), Is.EqualTo(10));
    }

    [Test]
    public async Task Nobody_but_operators_sees_it()
    {
        using var stranger = _host.Anonymous();
        await stranger.PostAsJsonAsync("/api/users/register", new { email = "viewer@example.test", password = TestHost.OperatorPassword });
        using var viewer = await _host.SignedIn("viewer@example.test");
        foreach (var path in new[] { "/ops/live", "/ops/live/stream" })
        {
            Assert.That((await stranger.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That((await viewer.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [Test]
    public async Task Whoever_is_signed_out_or_is_no_operator_any_more_hears_nothing_further()
    {
        using var stranger = _host.Anonymous();
        var registered = await (await stranger.PostAsJsonAsync("/api/users/register", new { email = "second@example.test", password = TestHost.OperatorPassword })).Json(HttpStatusCode.Created);
        using var client = await _host.SignedIn();
        var account = $"/api/users/accounts/{registered.GetProperty("id").GetString()}/roles";
        (await client.PutAsJsonAsync(account, new { roles = new[] { "operator" } })).EnsureSuccessStatusCode();
        using (var second = await _host.SignedIn("second@example.test"))
        {
            await using var watch = await Watch.Open(second);
            await watch.Next();
            (await client.PutAsJsonAsync(account, new { roles = new[] { "viewer" } })).EnsureSuccessStatusCode();
            await watch.Ends();
        }

        var key = await (await client.PostAsJsonAsync("/api/users/api-keys", new { name = "a wall", role = "operator" })).Json(HttpStatusCode.Created);
        using (var program = _host.Anonymous())
        {
            program.DefaultRequestHeaders.Authorization = new("Bearer", key.GetProperty("key").GetString());
            await using var watch = await Watch.Open(program);
            await watch.Next();
            (await client.DeleteAsync($"/api/users/api-keys/{key.GetProperty("id").GetString()}")).EnsureSuccessStatusCode();
            await watch.Ends();
        }

        using var elsewhere = await _host.SignedIn();
        await using var own = await Watch.Open(client);
        await using var ended = await Watch.Open(elsewhere);
        await ended.Next();
        (await client.DeleteAsync("/api/users/sessions")).EnsureSuccessStatusCode();
        await ended.Ends();
        for (var i = 0; i < 4; i++) Assert.That((await own.Next()).GetProperty("at").GetInt64(), Is.Positive, "the one that has signed the others out goes on");
    }

    [Test]
    public async Task Those_beyond_the_bound_are_told_to_come_back_and_whoever_leaves_makes_room()
    {
        using var client = await _host.SignedIn();
        var board = _host.Services.GetRequiredService<Streaming.Platform.Observing.LiveBoard>();
        var taken = 0;
        while (board.TryWatch(LiveEndpoints.MostWatchers)) taken++;
        await (await client.GetAsync("/ops/live/stream")).Problem(HttpStatusCode.ServiceUnavailable);

        board.Leave();
        await using (var watch = await Watch.Open(client)) Assert.That((await watch.Next()).GetProperty("at").GetInt64(), Is.Positive);
        for (var i = 1; i < taken; i++) board.Leave();

        for (var i = 0; !board.TryWatch(1); i++)
        {
            Assert.That(i, Is.LessThan(200), "the one that was closed still counts");
            await Task.Delay(50);
        }

        board.Leave();
    }

    [Test]
    public async Task A_host_that_stops_does_not_wait_for_those_who_watch()
    {
        var host = await TestHost.Start();
        using var client = await host.SignedIn();
        await using var watch = await Watch.Open(client);
        await watch.Next();

        // Requests under way are given 30 s.
        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));
    }

    private static async Task<JsonElement> Until(HttpClient client, Func<JsonElement, bool> reached)
    {
        for (var i = 0; ; i++)
        {
            var live = await (await client.GetAsync("/ops/live")).Json();
            if (reached(live)) return live;
            Assert.That(i, Is.LessThan(100), live.GetProperty("beat").ToString());
            await Task.Delay(200);
        }
    }

    private static IEnumerable<double> Values(JsonElement live, string line) =>
        live.GetProperty("series").GetProperty(line).EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Number).Select(v => v.GetDouble());

    private static double Sum(JsonElement live, string line) => Math.Round(Values(live, line).Sum());

    private static JsonElement? Row(JsonElement live, string panel, string id) =>
        live.GetProperty("beat").GetProperty("parts").GetProperty($"panel:{panel}").GetProperty("rows").EnumerateArray()
            .Where(r => r.GetProperty("id").GetString() == id).Cast<JsonElement?>().SingleOrDefault();

    private sealed class Watch(HttpResponseMessage answer, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<Watch> Open(HttpClient client)
        {
            var answer = await client.GetAsync("/ops/live/stream", HttpCompletionOption.ResponseHeadersRead);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            return new Watch(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
        }

        /// <summary>Within three seconds, and as an answer that is complete.</summary>
        public async Task Ends()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            while (await lines.ReadLineAsync(limit.Token) is not null)
            {
            }
        }

        public async Task<JsonElement> Next()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (await lines.ReadLineAsync(limit.Token) is { } line)
                if (line.StartsWith("data:", StringComparison.Ordinal)) return JsonDocument.Parse(line[5..]).RootElement;
            throw new EndOfStreamException();
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            answer.Dispose();
            return default;
        }
    }
}
