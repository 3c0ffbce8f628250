using System.Globalization;
using Streaming.Platform.Caching;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>The cache's zones, and this process's own memory.</summary>
internal sealed class CachePanel(IZoneCache cache) : IOperationsPanel
{
    private const string Away = "away";

    // A zone that is just being connected, or blinks, is nobody's concern.
    private const int Blink = 3;

    private readonly Dictionary<string, int> _away = new(StringComparer.Ordinal);

    public string Key => "cache";

    public string Heading => "Cache";

    public int Order => 40;

    public IReadOnlyList<PanelColumn> Columns { get; } =
    [
        new("Place", "text"), new("State", "state"), new("Circuit", "state"), new("Hits", "percent"), new("Latency", "ms"), new("Reads", "count"), new("Failed", "count"),
        new("Queued", "count"), new("Dirty", "count"), new("Bytes", "bytes"),
    ];

    public PanelView Read()
    {
        var report = cache.Report();
        var away = report.Zones.Count(z => z.State == Away);
        var where = report.Zones.Count == 0 ? "In this process's memory" : away == 0 ? $"{report.Zones.Count} zones" : $"{away} of {report.Zones.Count} zones away";
        return new PanelView(
            string.Create(CultureInfo.InvariantCulture, $"{where}, {(report.HitPercent is { } hits ? $"{hits:0.#} % hits since the start" : "nothing read yet")}"),
            [
                .. report.Zones.Select(z => new PanelRow(
                    z.Name, [z.Name, z.State, z.Circuit, z.HitPercent, z.LatencyMs, z.Reads, z.Failed, z.Queued, z.Dirty, null], z.State == "serving" && z.Circuit == "closed" ? null : AlertLevel.Attention)),
                new PanelRow("(memory)", ["this process", "serving", null, report.Reads == 0 ? null : 100d * report.Local.Hits / report.Reads, null, report.Reads, null, null, null, report.Local.Bytes]),
            ]);
    }

    public IEnumerable<Alert> Look()
    {
        var zones = cache.Report().Zones;
        foreach (var zone in zones) _away[zone.Name] = zone.State == Away ? _away.GetValueOrDefault(zone.Name) + 1 : 0;
        var away = zones.Where(z => _away[z.Name] >= Blink).ToArray();
        return zones.Count > 0 && away.Length == zones.Count
            ? [new Alert("zones", Key, AlertLevel.Failure, "All zones of the cache are away", Advices.AllZones)]
            : away.Select(z => new Alert($"zone:{z.Name}", Key, AlertLevel.Attention, $"Cache zone {z.Name} is away", Advices.Zone));
    }
}
