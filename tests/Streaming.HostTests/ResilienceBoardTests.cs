using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

public sealed class ResilienceBoardTests
{
    private const string Asked = "catalog.playable";

    [Test]
    public async Task An_operator_sees_what_is_called_and_opens_and_closes_its_circuit()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        Assert.That(await Play(client), Is.EqualTo(HttpStatusCode.NotFound));
        var asked = (await (await client.GetAsync("/ops/resilience")).Json()).EnumerateArray().Single(d => d.GetProperty("destination").GetString() == Asked);
        Assert.That((asked.GetProperty("state").GetString(), asked.GetProperty("succeeded").GetInt64()), Is.EqualTo(("closed", 1)));

        var isolated = await (await client.PostAsync($"/ops/resilience/playback/{Asked}/isolate", null)).Json();
        Assert.That(isolated.GetProperty("state").GetString(), Is.EqualTo("isolated"));
        Assert.That(await Play(client), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await Beat(client), Does.Contain("\"state\":\"isolated\""));

        await client.PostAsync($"/ops/resilience/playback/{Asked}/close", null);
        Assert.That(await Play(client), Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await client.PostAsync("/ops/resilience/contract/nothing/close", null)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Nobody_else_sees_it()
    {
        await using var host = await TestHost.Start();
        using var stranger = host.Anonymous();
        await stranger.PostAsJsonAsync("/api/users/register", new { email = "viewer@example.test", password = TestHost.OperatorPassword });
        using var viewer = await host.SignedIn("viewer@example.test");
        foreach (var path in new[] { "/ops/resilience", "/ops/resilience/stream" })
        {
            Assert.That((await stranger.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That((await viewer.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [Test]
    public async Task A_host_that_stops_does_not_wait_for_those_who_watch()
    {
        var host = await TestHost.Start();
        using var client = await host.SignedIn();
        using var answer = await client.GetAsync("/ops/resilience/stream", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await lines.ReadLineAsync();

        // Requests under way are given 30 s.
        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));
        Assert.That(await lines.ReadToEndAsync(), Does.EndWith("\n\n"), "its last event is whole");
    }

    private static async Task<HttpStatusCode> Play(HttpClient client) =>
        (await client.PostAsJsonAsync("/api/playback/sessions", new { titleId = Guid.CreateVersion7() })).StatusCode;

    private static async Task<string> Beat(HttpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var answer = await client.GetAsync("/ops/resilience/stream", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        while (await lines.ReadLineAsync(limit.Token) is { } line)
            if (line.StartsWith("data:", StringComparison.Ordinal)) return JsonDocument.Parse(line[5..]).RootElement.ToString();
        return "";
    }
}
