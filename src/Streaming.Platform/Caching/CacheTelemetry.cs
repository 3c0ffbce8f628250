using System.Diagnostics.Metrics;

namespace Streaming.Platform.Caching;

/// <summary>The report as the meter <c>streaming.cache</c>: read when somebody asks, and free until then.</summary>
internal sealed class CacheTelemetry
{
    public CacheTelemetry(IMeterFactory meters, IZoneCache cache)
    {
        var meter = meters.Create("streaming.cache");
        meter.CreateObservableCounter("streaming.cache.reads", () => Reads(cache.Report()), "{read}", "Askings for a value by what for and who answered");
        meter.CreateObservableCounter("streaming.cache.stale", () => cache.Report().StaleHits, "{read}", "Answers past their soft life");
        meter.CreateObservableCounter("streaming.cache.loads", () => cache.Report().Source.Loads, "{load}", "Runs of a factory");
        meter.CreateObservableCounter("streaming.cache.load_failures", () => cache.Report().Source.Failed, "{load}", "Runs of a factory that failed");
        meter.CreateObservableGauge("streaming.cache.local.bytes", () => cache.Report().Local.Bytes, "By", "What this process keeps in its memory");
        meter.CreateObservableCounter("streaming.cache.zone.reads", () => cache.Report().Zones.SelectMany(ZoneReads), "{read}", "Reads of a zone by outcome");
        meter.CreateObservableGauge("streaming.cache.zone.queued", () => cache.Report().Zones.Select(z => Of(z, z.Queued + z.Dirty)), "{write}", "Writes that a zone has yet to get");
        meter.CreateObservableGauge("streaming.cache.zone.serving", () => cache.Report().Zones.Select(z => Of(z, z.State == "serving" ? 1 : 0)), null, "1 where the zone is read");
    }

    private static IEnumerable<Measurement<long>> Reads(CacheReport report) => report.Uses.SelectMany(use => new[]
    {
        Of(use, use.LocalHits, "local"), Of(use, use.ZoneHits, "zone"), Of(use, use.Misses, "source"),
    });

    private static Measurement<long> Of(CacheUseReport use, long value, string from) => new(value, new("use", use.Use), new("from", from));

    private static IEnumerable<Measurement<long>> ZoneReads(ZoneReport zone) =>
        [Of(zone, zone.Hits, "hit"), Of(zone, zone.Reads - zone.Hits, "miss"), Of(zone, zone.Failed, "failure")];

    private static Measurement<long> Of(ZoneReport zone, long value, string? outcome = null) => outcome is null
        ? new(value, new KeyValuePair<string, object?>("zone", zone.Name))
        : new(value, new("zone", zone.Name), new("outcome", outcome));
}
