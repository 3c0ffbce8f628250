using System.Diagnostics.Metrics;

namespace Streaming.Platform.Caching;

/// <summary>Askings by how they were answered.</summary>
internal sealed class CacheCounts
{
    private long _localHits;
    private long _hits;
    private long _misses;
    private long _stale;

    public long LocalHits => Volatile.Read(ref _localHits);

    public long Hits => LocalHits + Volatile.Read(ref _hits);

    public long Reads => Hits + Volatile.Read(ref _misses);

    public long StaleHits => Volatile.Read(ref _stale);

    public void LocalHit(bool isStale)
    {
        Interlocked.Increment(ref _localHits);
        if (isStale) Interlocked.Increment(ref _stale);
    }

    public void Read(bool isHit, bool isStale = false)
    {
        Interlocked.Increment(ref isHit ? ref _hits : ref _misses);
        if (isStale) Interlocked.Increment(ref _stale);
    }
}

/// <summary>The report as the meter <c>streaming.cache</c>: read when somebody asks, and free until then.</summary>
internal sealed class CacheTelemetry
{
    public CacheTelemetry(IMeterFactory meters, IZoneCache cache)
    {
        var meter = meters.Create("streaming.cache");
        meter.CreateObservableCounter("streaming.cache.reads", () => Reads(cache.Report()), "{read}", "Askings for a value by who answered");
        meter.CreateObservableCounter("streaming.cache.stale", () => cache.Report().StaleHits, "{read}", "Answers past their soft life");
        meter.CreateObservableCounter("streaming.cache.loads", () => cache.Report().Source.Loads, "{load}", "Runs of a factory");
        meter.CreateObservableCounter("streaming.cache.load_failures", () => cache.Report().Source.Failed, "{load}", "Runs of a factory that failed");
        meter.CreateObservableGauge("streaming.cache.local.bytes", () => cache.Report().Local.Bytes, "By", "What this process keeps in its memory");
        meter.CreateObservableCounter("streaming.cache.zone.reads", () => cache.Report().Zones.SelectMany(ZoneReads), "{read}", "Reads of a zone by outcome");
        meter.CreateObservableGauge("streaming.cache.zone.queued", () => cache.Report().Zones.Select(z => Of(z, z.Queued + z.Dirty)), "{write}", "Writes that a zone has yet to get");
        meter.CreateObservableGauge("streaming.cache.zone.serving", () => cache.Report().Zones.Select(z => Of(z, z.State == "serving" ? 1 : 0)), null, "1 where the zone is read");
    }

    private static IEnumerable<Measurement<long>> Reads(CacheReport report) =>
    [
        new(report.Local.Hits, new KeyValuePair<string, object?>("from", "local")),
        new(report.Hits - report.Local.Hits, new KeyValuePair<string, object?>("from", "zone")),
        new(report.Reads - report.Hits, new KeyValuePair<string, object?>("from", "source")),
    ];

    private static IEnumerable<Measurement<long>> ZoneReads(ZoneReport zone) =>
        [Of(zone, zone.Hits, "hit"), Of(zone, zone.Reads - zone.Hits, "miss"), Of(zone, zone.Failed, "failure")];

    private static Measurement<long> Of(ZoneReport zone, long value, string? outcome = null) => outcome is null
        ? new(value, new KeyValuePair<string, object?>("zone", zone.Name))
        : new(value, new("zone", zone.Name), new("outcome", outcome));
}
