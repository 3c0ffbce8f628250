namespace Streaming.Platform.Caching;

/// <summary>What the cache has done since the start of this process.</summary>
/// <param name="Mode">memory or zones.</param>
/// <param name="OwnZone">The zone that is read first; absent in memory.</param>
/// <param name="Reads">Askings for a value.</param>
/// <param name="Hits">Of them, answered without waiting for the source.</param>
/// <param name="StaleHits">Of the hits, past their soft life.</param>
/// <param name="Local">What this process's own memory has answered.</param>
/// <param name="Zones">Each zone, in the order in which they are read now.</param>
/// <param name="Source">What was asked of the source.</param>
/// <param name="Uses">The same by what it is used for, in the order of their names; those that were never read are left out.</param>
public sealed record CacheReport(
    string Mode, string? OwnZone, long Reads, long Hits, long StaleHits, LocalReport Local, IReadOnlyList<ZoneReport> Zones, SourceReport Source,
    IReadOnlyList<CacheUseReport> Uses)
{
    /// <summary>Hits in a hundred reads; absent before the first.</summary>
    public double? HitPercent => Reads == 0 ? null : 100.0 * Hits / Reads;
}

/// <summary>One use of the cache, such as <c>catalog:title</c>.</summary>
/// <param name="Use">The beginning of its keys; <c>other</c> for what has no such name, or came when there were 64 already.</param>
/// <param name="LocalHits">Answered from this process's memory.</param>
/// <param name="ZoneHits">Answered by a zone.</param>
/// <param name="Misses">Not there.</param>
/// <param name="StaleHits">Of the hits, past their soft life.</param>
public sealed record CacheUseReport(string Use, long LocalHits, long ZoneHits, long Misses, long StaleHits)
{
    /// <summary>Askings for a value.</summary>
    public long Reads => LocalHits + ZoneHits + Misses;

    /// <summary>Hits in a hundred reads; absent before the first.</summary>
    public double? HitPercent => Reads == 0 ? null : 100.0 * (LocalHits + ZoneHits) / Reads;
}

/// <summary>This process's memory: everything in memory mode, the hot keys for a few seconds beside zones.</summary>
/// <param name="Hits">Values answered.</param>
/// <param name="Entries">Entries kept, with the marks of removed keys.</param>
/// <param name="Bytes">Their size as JSON, with an estimate of what surrounds them.</param>
/// <param name="Evicted">Entries that had to make room.</param>
public sealed record LocalReport(long Hits, int Entries, long Bytes, long Evicted);

/// <summary>One zone as this process sees it.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="State">serving; catching-up while it misses writes of this process; warming until it has what is asked; away.</param>
/// <param name="Circuit">closed, open, half-open or isolated.</param>
/// <param name="LatencyMs">Moving average of its reads; absent before the first.</param>
/// <param name="Reads">Reads it answered.</param>
/// <param name="Hits">Of them, with a value.</param>
/// <param name="Failed">Reads that failed, were too slow, or were refused by the circuit.</param>
/// <param name="Repaired">Values copied to it because another zone had them.</param>
/// <param name="Queued">Writes that wait for it.</param>
/// <param name="Dirty">Keys of writes that found no room in the queue.</param>
/// <param name="ShadowHitPercent">While warming: of the last values read elsewhere, those that it has; absent otherwise.</param>
public sealed record ZoneReport(
    string Name, string State, string Circuit, double? LatencyMs, long Reads, long Hits, long Failed, long Repaired, int Queued, int Dirty, double? ShadowHitPercent)
{
    /// <summary>Hits in a hundred reads that it answered; absent before the first.</summary>
    public double? HitPercent => Reads == 0 ? null : 100.0 * Hits / Reads;
}

/// <summary>What was asked of the source.</summary>
/// <param name="Loads">Runs of a factory.</param>
/// <param name="Failed">Of them, those that threw or took too long.</param>
/// <param name="Refreshes">Of them, those that nobody waited for.</param>
/// <param name="Joined">Callers that waited for somebody else's run in this process.</param>
/// <param name="Active">Running now.</param>
/// <param name="Waiting">Waiting for a place.</param>
/// <param name="MostActive">The most that ran at once.</param>
/// <param name="Limit">The most that may.</param>
public sealed record SourceReport(long Loads, long Failed, long Refreshes, long Joined, int Active, int Waiting, int MostActive, int Limit);
