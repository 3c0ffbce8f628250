using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Operations;

/// <summary>What the host shows to Prometheus.</summary>
internal sealed partial class Metrics : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly int _port = FreePort();

    public (string Key, string Value) Setting => ("telemetry:metrics", $"http://127.0.0.1:{_port}");

    public async Task<IReadOnlyList<string>> Lines() => (await _client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/metrics"))).Split('\n');

    public async Task<IReadOnlySet<string>> Names() =>
        (await Lines()).Where(l => l.Length > 0 && l[0] != '#').Select(l => Name().Match(l).Value).ToHashSet();

    /// <summary>Of the request's measurement, one a combination of its labels.</summary>
    public async Task<int> RequestSeries() => (await Lines()).Count(l => l.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal));

    public void Dispose() => _client.Dispose();

    /// <summary>A little of everything that has a metric: pages, a film that is not there, one who is refused by a limit.</summary>
    public static async Task Traffic(TestHost host)
    {
        using var client = await host.SignedIn();
        for (var i = 0; i < 5; i++) await client.GetAsync("/api/recommendations/home");
        using var play = await client.PostAsync("/api/playback/sessions", new StringContent($$"""{"titleId":"{{Guid.CreateVersion7()}}"}""", null, "application/json"));
        using var live = await client.GetAsync("/ops/live");
        Assert.That((play.StatusCode, live.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.OK)));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("^[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Name();
}
