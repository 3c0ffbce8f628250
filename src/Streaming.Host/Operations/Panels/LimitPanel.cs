using System.Globalization;
using Streaming.Host.Gateway.Limits;
using Streaming.Host.Gateway.Shedding;
using Streaming.Host.Operations.Live;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>Who is let in: the rate limits, and how many requests are worked on at once.</summary>
internal sealed class LimitPanel(RateLimits limits, LoadShedder shedder, MediaGate media, RequestRecords requests, TimeProvider clock) : IOperationsPanel
{
    private const int LeastShed = 5;
    private const double Notable = 0.01;

    private readonly Window _minute = new(slots: 6, every: 5, counters: 2, hasDurations: false);

    public string Key => "limits";

    public string Heading => "Limits and shedding";

    public int Order => 30;

    public IReadOnlyList<PanelColumn> Columns { get; } =
        [new("Limit", "text"), new("Counts by", "text"), new("Bound", "rate"), new("Burst", "count"), new("Clients remembered", "count"), new("Refused since the start", "count")];

    public PanelView Read() => new(
        string.Create(CultureInfo.InvariantCulture, $"{shedder.InFlight} of {shedder.Limit:0} requests under way, {media.UnderWay} media answers"),
        [
            .. limits.All.Select(l => new PanelRow(
                l.Limit.Name, [l.Limit.Name, l.Limit.By.ToString().ToLowerInvariant(), l.Limit.PerSecond, l.Limit.Burst, l.Buckets.Count, requests.LimitedBy(l.Limit.Name)])),
            .. requests.Classes.Where(c => c.Shed > 0).Select(c => new PanelRow($"shed:{c.Traffic}", [$"shed: {c.Traffic}", "class", null, null, null, c.Shed])),
        ]);

    public IEnumerable<Alert> Look()
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        long[] lately = [requests.Classes.Sum(c => c.All), requests.Classes.Sum(c => c.Shed)];
        _minute.Note(second, lately);
        _minute.Gained(second, lately);
        if (lately[1] >= LeastShed && lately[1] > Notable * lately[0])
            yield return new Alert(
                "shedding", Key, AlertLevel.Attention,
                string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, 100d * lately[1] / lately[0]):0} of 100 requests are turned away, for there is more to do than can be done in time"),
                Advices.Shedding);
    }
}
