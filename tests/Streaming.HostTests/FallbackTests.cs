using System.Net;
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
    public async Task Recommendations_down_from_the_start_the_page_shows_all_titles()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        await client.GetAsync(Home);
        await client.PostAsync("/ops/resilience/recommendations/recommendations.home/isolate", null);
        await client.Release(await Clip.Make(host.Folder, "A Walk.mp4", 4.2, "320x180", "24"));

        using var page = await client.GetAsync("/");
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("A Walk"));
    }

    private static async Task<string> Rows(HttpClient client) =>
        (await (await client.GetAsync(Home)).Json()).GetProperty("items") is { ValueKind: JsonValueKind.Array } rows && rows.GetArrayLength() > 0 ? rows.ToString() : "";

    private static async Task Until(Func<Task<bool>> reached)
    {
        for (var i = 0; i < 300 && !await reached(); i++) await Task.Delay(100);
        Assert.That(await reached());
    }
}
