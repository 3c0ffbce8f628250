using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

/// <summary>What viewers get while a part of the platform is down.</summary>
public sealed class FallbackTests
{
    private const string Home = "/api/recommendations/home";

    [Test]
    public async Task Recommendations_down_viewers_see_the_last_good_page_and_no_error()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        await client.Release(await Clip.Make(host.Folder, "A Walk.mp4", 4.2, "320x180", "24"));
        await Until(async () => (await Rows(client)).Length > 0);
        var before = await Rows(client);

        await client.PostAsync("/ops/resilience/recommendations/recommendations.home/isolate", null);
        for (var i = 0; i < 50; i++)
        {
            using var answer = await client.GetAsync(Home);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(answer.Headers.GetValues("Server-Timing").Single(), Does.Contain("recommendations;").And.Contain("last good answer"));
        }

        Assert.That(await Rows(client), Is.EqualTo(before));
        var board = (await (await client.GetAsync("/ops/resilience")).Json()).EnumerateArray().Single(d => d.GetProperty("destination").GetString() == "recommendations.home");
        Assert.That(board.GetProperty("fellBack").GetInt64(), Is.EqualTo(51));

        using var page = await client.GetAsync("/");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("A Walk"));
    }

    [Test]
    public async Task The_last_good_page_comes_before_what_was_popular_and_that_before_what_is_newest()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        var title = await client.Release(await Clip.Make(host.Folder, "A Walk.mp4", 4.2, "320x180", "24"));
        await client.Series("A Long Tale");
        var session = (await client.Play(title)).GetProperty("id").GetGuid();
        await client.PostAsJsonAsync($"/api/playback/sessions/{session}/events", new[] { new { sequence = 0, kind = "playing", at = TimeProvider.System.GetUtcNow(), positionSeconds = 0 } });
        await Until(async () => (await Rows(client)).Contains("popular", StringComparison.Ordinal));
        await Isolate(client);

        Assert.That(await StandIn(client, Home), Is.EqualTo("last-good"));
        // Nobody has asked for so many yet, so there is no last answer.
        Assert.That(await StandIn(client, Home + "?limit=7"), Is.EqualTo("popular"));
        var row = (await (await client.GetAsync(Home + "?limit=7")).Json()).GetProperty("items").EnumerateArray().Single();
        Assert.That(row.GetProperty("titleIds").EnumerateArray().Select(t => t.GetGuid()), Is.EqualTo(new[] { title }));

        using var child = host.Anonymous();
        Assert.That(await StandIn(child, Home + "?limit=7"), Is.EqualTo("built-in"), "what is popular with everybody is not told to those who may not see it");
        var shown = (await (await child.GetAsync(Home + "?limit=7")).Json()).GetProperty("items");
        Assert.That(shown.ToString(), Does.Contain("all"));
    }

    [Test]
    public async Task Recommendations_down_from_the_start_the_page_shows_all_titles()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        await client.GetAsync(Home);
        await Isolate(client);
        await client.Series("A Walk");
        Assert.That(await StandIn(client, Home + "?limit=7"), Is.EqualTo("built-in"));

        using var page = await client.GetAsync("/");
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("A Walk"));
        Assert.That(page.Headers.GetValues("Streaming-Fallback").Single(), Is.EqualTo("last-good").Or.EqualTo("built-in"));
    }

    [Test]
    public async Task The_catalogue_down_titles_are_shown_as_they_were()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        await client.Series("A Walk");
        await client.GetAsync("/api/catalog/titles");
        Faults.Fail(host, "catalog.browse");
        Assert.That(await StandIn(client, "/api/catalog/titles"), Is.EqualTo("last-good"));
    }

    private static Task<HttpResponseMessage> Isolate(HttpClient client) => client.PostAsync("/ops/resilience/recommendations/recommendations.home/isolate", null);

    private static async Task<string> StandIn(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
        return answer.Headers.TryGetValues("Streaming-Fallback", out var named) ? named.Single() : "none";
    }

    private static async Task<string> Rows(HttpClient client) =>
        (await (await client.GetAsync(Home)).Json()).GetProperty("items") is { ValueKind: JsonValueKind.Array } rows && rows.GetArrayLength() > 0 ? rows.ToString() : "";

    private static async Task Until(Func<Task<bool>> reached)
    {
        for (var i = 0; i < 300 && !await reached(); i++) await Task.Delay(100);
        Assert.That(await reached());
    }
}
