using System.Text.Json;
using Microsoft.Playwright;

namespace Streaming.Benchmarks.Watching;

/// <summary>What <c>meter.js</c> has seen of a video element so far; times in seconds.</summary>
internal sealed record Seen(double? StartUp, double Stalled, int Stalls, bool Ended, IReadOnlyList<int> Heights, double Position, double Duration, double Played)
{
    public double RebufferRatio => Played + Stalled > 0 ? Stalled / (Played + Stalled) : 0;

    public int SwitchesDown => Heights.Zip(Heights.Skip(1)).Count(pair => pair.Second < pair.First);

    public int SwitchesUp => Heights.Zip(Heights.Skip(1)).Count(pair => pair.Second > pair.First);
}

/// <summary>A browser tab with empty caches in which somebody clicks on Play.</summary>
internal sealed class Viewing : IAsyncDisposable
{
    private static readonly string _meter = ReadMeter();

    private readonly IBrowserContext _context;
    private readonly IPage _page;

    private Viewing(IBrowserContext context, IPage page) => (_context, _page) = (context, page);

    public static async Task<Viewing> Open(IBrowser browser, Uri page, string? session)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 720 }, StorageState = session });
        await context.AddInitScriptAsync(_meter);
        var tab = await context.NewPageAsync();
        await tab.GotoAsync(page.ToString());
        return new Viewing(context, tab);
    }

    /// <summary>Limits what the tab may load, in kbit/s.</summary>
    public async Task<ICDPSession> Throttle(int kbps, ICDPSession? session = null)
    {
        session ??= await _context.NewCDPSessionAsync(_page);
        var bytes = kbps * 1000 / 8;
        await session.SendAsync("Network.emulateNetworkConditions", new() { ["offline"] = false, ["latency"] = 20, ["downloadThroughput"] = bytes, ["uploadThroughput"] = bytes });
        return session;
    }

    /// <summary>Clicks on the link to the player and waits for the first frame. Seconds from the click.</summary>
    public async Task<double> Start(string link)
    {
        await _page.ClickAsync(link);
        await _page.WaitForFunctionAsync("() => window.bench?.startUp != null", null, new() { Timeout = 30_000, PollingInterval = 50 });
        return (await Look()).StartUp!.Value;
    }

    /// <summary>Until the film has ended, or the time is over.</summary>
    public async Task<Seen> Watch(TimeSpan atMost)
    {
        try
        {
            await _page.WaitForFunctionAsync("() => window.bench.ended", null, new() { Timeout = (float)atMost.TotalMilliseconds, PollingInterval = 250 });
        }
        catch (TimeoutException)
        {
            // What has been seen says so.
        }

        return await Look();
    }

    public async Task<Seen> Look()
    {
        var seen = await _page.EvaluateAsync<JsonElement>(
            """
            () => {
              const video = document.querySelector('video');
              let played = 0;
              for (let i = 0; i < (video?.played.length ?? 0); i++) played += video.played.end(i) - video.played.start(i);
              return { ...window.bench, position: video?.currentTime ?? 0, duration: Number.isFinite(video?.duration) ? video.duration : 0, played };
            }
            """);
        return new Seen(
            seen.GetProperty("startUp").ValueKind == JsonValueKind.Null ? null : seen.GetProperty("startUp").GetDouble() / 1000,
            seen.GetProperty("stalled").GetDouble() / 1000, seen.GetProperty("stalls").GetInt32(), seen.GetProperty("ended").GetBoolean(),
            [.. seen.GetProperty("heights").EnumerateArray().Select(h => h.GetInt32())],
            seen.GetProperty("position").GetDouble(), seen.GetProperty("duration").GetDouble(), seen.GetProperty("played").GetDouble());
    }

    /// <summary>What our player itself says of its start.</summary>
    public Task<double> OwnStartUp() => _page.EvaluateAsync<double>("() => window.streamingPlayer.state.stats.startupSeconds");

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private static string ReadMeter()
    {
        using var reader = new StreamReader(typeof(Viewing).Assembly.GetManifestResourceStream("meter.js")!);
        return reader.ReadToEnd();
    }
}
