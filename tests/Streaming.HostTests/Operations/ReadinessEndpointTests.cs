using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.Host.Rehearsing;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Readiness.Rehearsals;

namespace Streaming.HostTests.Operations;

public sealed class ReadinessEndpointTests
{
    private const string Resource = "/api/operations/readiness";
    private const string Rehearsals = "/api/operations/rehearsals";

    private TestHost _host = null!;

    [OneTimeSetUp]
    public async Task Start() => _host = await TestHost.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task Calls_are_seen_from_the_route_to_the_contract_with_their_bytes_and_their_way()
    {
        using var client = await _host.SignedIn();
        JsonElement report = default;
        for (var since = Stopwatch.StartNew(); since.Elapsed.TotalSeconds < 20; await Task.Delay(200))
        {
            await client.GetAsync($"/api/recommendations/similar/{Guid.CreateVersion7()}");
            report = await (await client.GetAsync($"{Resource}/catalog")).Json();
            if (Items(report, "calls").Any(c => Text(c, "caller") == "recommendations.similar") && Items(report, "roundTrips").Count > 0) break;
        }

        var pair = Items(report, "calls").First(c => Text(c, "caller") == "recommendations.similar");
        var route = Items(report, "routes").First(r => Text(r, "route") == "GET /api/recommendations/similar/{titleId:guid}");
        Assert.Multiple(() =>
        {
            Assert.That(Text(pair, "contract"), Does.StartWith("catalog."));
            Assert.That(pair.GetProperty("sites")[0].GetString(), Does.Match(@"^FindSimilar\.Handler\.\w+ \(FindSimilar\.cs:\d+\)$"));
            Assert.That(Items(report, "contracts").Where(c => c.GetProperty("calls").GetInt64() > 0).Select(c => c.GetProperty("answerBytes").GetDouble()), Is.All.GreaterThan(2));
            Assert.That(route.GetProperty("criticalP50").GetDouble(), Is.GreaterThanOrEqualTo(1));
            Assert.That(route.GetProperty("addedP50Ms").GetDouble(), Is.GreaterThan(0), "the way to its own wire was measured");
            Assert.That(Items(report.GetProperty("canvas"), "contracts").First(c => Text(c, "name") == "catalog.genre-shelves").GetProperty("calledBy").EnumerateArray().Select(m => m.GetString()), Does.Contain("recommendations"));
            Assert.That(Text(report, "verdict"), Is.EqualTo("not-enough-seen"));
        });
    }

    [Test]
    public async Task No_module_of_ours_needs_one_that_needs_it()
    {
        using var client = await _host.SignedIn();
        var list = await (await client.GetAsync(Resource)).Json();
        Assert.Multiple(() =>
        {
            Assert.That(Items(list, "items").Select(i => Text(i, "module")), Is.EqualTo(new[] { "users", "catalog", "playback", "recommendations", "experiments", "edges" }));
            Assert.That(list.GetProperty("graph").GetProperty("loops").EnumerateArray().Select(l => Text(l, "way")), Is.Empty);
            Assert.That(Items(list, "items").Select(i => i.GetProperty("blockers").GetInt32()), Is.All.Zero);
            Assert.That(list.GetProperty("cpuSeconds").GetDouble(), Is.GreaterThan(0));
        });
    }

    [TestCase(Resource)]
    [TestCase(Resource + "/catalog")]
    public async Task Who_wants_Markdown_gets_it(string path)
    {
        using var client = await _host.SignedIn();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/markdown") } } };
        using var answer = await client.SendAsync(request);
        Assert.That(answer.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/markdown; charset=utf-8"));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.StartWith("# Readiness of "));
        Assert.That(await client.GetStringAsync($"{Resource}/catalog.md"), Does.StartWith("# Readiness of catalog, "));
    }

    [TestCase(Resource + "/nothing")]
    [TestCase(Resource + "/nothing.md")]
    [TestCase(Rehearsals + "/20260105-120000-nothing")]
    [TestCase(Rehearsals + "/..%2Fhost")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var client = await _host.SignedIn();
        await (await client.GetAsync(path)).Problem(HttpStatusCode.NotFound);
    }

    [TestCase(Resource)]
    [TestCase(Resource + "/catalog")]
    [TestCase(Resource + "/catalog.md")]
    [TestCase(Rehearsals)]
    [TestCase(Rehearsals + "/20260105-120000-catalog")]
    public async Task It_is_for_operators(string path)
    {
        using var nobody = _host.Anonymous();
        await (await nobody.GetAsync(path)).Problem(HttpStatusCode.Unauthorized);
        using var somebody = _host.Anonymous();
        var (email, password) = ($"{Guid.CreateVersion7():N}@example.test", "a long enough password");
        await somebody.PostAsJsonAsync("/api/users/register", new { email, password });
        await somebody.SignIn(email, password);
        await (await somebody.GetAsync(path)).Problem(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_rehearsal_is_read_as_it_was_kept_and_counts_in_the_report()
    {
        var guard = new GuardReport(7, 400, 100, 0, 1, 2, 3, 1.5, 0.7, 2, 2.6, 8, 11);
        var report = new RehearsalReport(
            "edges", "none", new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero), "1.0",
            [
                new RehearsalStep("1 %", 10, guard, null, null, new StepCost(1000, 2, 0.5)),
                new RehearsalStep("100 %", 10, guard with { CallsHere = 0, CallsThere = 500, P50HereMs = null, P99HereMs = null }, null, null, new StepCost(1000, 1.5, 1.5)),
                new RehearsalStep("0 %", 0, null, null, "back at home"),
            ],
            new LoadReport(5000, 0, 3, 9), null, "ready", "");
        var folder = Directory.CreateDirectory(Path.Combine(_host.Folder, "rehearsals")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "20260105-120000-edges.json"), JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
        await File.WriteAllTextAsync(Path.Combine(folder, "20260105-120000-edges.md"), report.Markdown());
        await File.WriteAllTextAsync(Path.Combine(folder, "20260104-120000-edges.json"), "{");

        using var client = await _host.SignedIn();
        var listed = Items(await (await client.GetAsync(Rehearsals)).Json(), "items").Where(r => Text(r, "name").EndsWith("-edges", StringComparison.Ordinal)).Select(r => (Text(r, "name"), Text(r, "verdict")));
        var kept = await (await client.GetAsync($"{Rehearsals}/20260105-120000-edges")).Json();
        var readiness = await (await client.GetAsync($"{Resource}/edges")).Json();
        Assert.Multiple(async () =>
        {
            Assert.That(listed, Is.EqualTo(new[] { ("20260105-120000-edges", "ready"), ("20260104-120000-edges", "unreadable") }));
            Assert.That(kept.GetProperty("steps")[0].GetProperty("guard").GetProperty("p99ThereMs").GetDouble(), Is.EqualTo(11));
            Assert.That(kept.GetProperty("load").GetProperty("requests").GetInt64(), Is.EqualTo(5000));
            Assert.That(await client.GetStringAsync($"{Rehearsals}/20260105-120000-edges.md"), Does.StartWith("# Rehearsal of edges"));
            Assert.That(readiness.GetProperty("measured").GetProperty("addedP50Ms").GetDouble(), Is.EqualTo(0.6));
            Assert.That((readiness.GetProperty("split").GetProperty("oneProcess").GetDouble(), readiness.GetProperty("split").GetProperty("split").GetDouble()), Is.EqualTo((2, 3)), "the host alone where hardly anybody is elsewhere, then both");
        });
        await (await client.GetAsync($"{Rehearsals}/20260104-120000-edges")).Problem(HttpStatusCode.Conflict);
    }

    private static List<JsonElement> Items(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray()];

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
