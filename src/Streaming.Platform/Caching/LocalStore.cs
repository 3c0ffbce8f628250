using System.Collections.Concurrent;

namespace Streaming.Platform.Caching;

/// <summary>A value in this process's memory; without a value, the mark of a removal, below whose version nothing is believed.</summary>
internal sealed class LocalEntry(string key, object? value, CacheVersion version, IReadOnlyList<string> tags, long size)
{
    private const int Surroundings = 200;

    public string Key => key;

    public object? Value => value;

    public CacheVersion Version => version;

    public IReadOnlyList<string> Tags => tags;

    public long Size { get; } = size + Surroundings + 2 * key.Length;

    /// <summary>Whose hits its reads are; a mark of removal has none.</summary>
    public CacheUse? Use { get; init; }

    /// <summary>Timestamps of the clock: from when it is refreshed, and from when it is gone.</summary>
    public long SoftAt { get; init; }

    public long HardAt { get; init; }

    /// <summary>Reads since it came here. Some are lost when many read at once, which an estimate can bear.</summary>
    public int Hits;
    public bool Visited;
    public int Generation = -1;
    public LocalEntry? Newer;
    public LocalEntry? Older;
}

/// <summary>
/// Bounded memory that keeps what is read. Room is made by SIEVE (Zhang and others, NSDI 2024, algorithm 1): a read sets a mark and takes
/// no lock; a hand goes from the oldest to the newest, clears marks and takes what has none.
/// </summary>
internal sealed class LocalStore(long maxBytes, int maxEntries, TagEpochs epochs, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, LocalEntry> _entries = new();
    private readonly Lock _order = new();
    private LocalEntry? _newest;
    private LocalEntry? _oldest;
    private LocalEntry? _hand;
    private int _count;
    private long _bytes;
    private long _evicted;

    public LocalReport Report(long hits) => new(hits, Volatile.Read(ref _count), Volatile.Read(ref _bytes), Volatile.Read(ref _evicted));

    /// <summary>What is there and lives, also a mark of removal.</summary>
    public LocalEntry? Find(string key, long now)
    {
        if (!_entries.TryGetValue(key, out var entry)) return null;
        var generation = epochs.Generation;
        if (now >= entry.HardAt || (entry.Generation != generation && epochs.Void(entry.Tags, entry.Version)))
        {
            Forget(entry);
            return null;
        }

        entry.Generation = generation;
        if (!entry.Visited) entry.Visited = true;
        return entry;
    }

    /// <summary>Keeps the entry unless a newer one is there.</summary>
    public bool Put(LocalEntry entry)
    {
        if (entry.Size > maxBytes / 4) return false;
        lock (_order)
        {
            if (_entries.TryGetValue(entry.Key, out var known))
            {
                var isOlder = known.Version > entry.Version || (known.Version == entry.Version && entry.Value is null);
                if (isOlder && clock.GetTimestamp() < known.HardAt) return false;
                Unlink(known);
            }

            _entries[entry.Key] = entry;
            Link(entry);
            while (_bytes > maxBytes || _count > maxEntries) Evict();
            return true;
        }
    }

    /// <summary>Believes nothing below this version of the key any more, for a minute.</summary>
    public void Remove(string key, CacheVersion version) =>
        Put(new LocalEntry(key, null, version, [], 0) { HardAt = clock.GetTimestamp() + (long)(Tombstone.Life.TotalSeconds * clock.TimestampFrequency) });

    public void Forget(LocalEntry entry)
    {
        lock (_order)
        {
            if (_entries.TryRemove(new(entry.Key, entry))) Unlink(entry);
        }
    }

    private void Evict()
    {
        var entry = _hand ?? _oldest!;
        while (entry.Visited)
        {
            entry.Visited = false;
            entry = entry.Newer ?? _oldest!;
        }

        _hand = entry;
        _entries.TryRemove(new(entry.Key, entry));
        Unlink(entry);
        Interlocked.Increment(ref _evicted);
    }

    private void Link(LocalEntry entry)
    {
        entry.Older = _newest;
        if (_newest is not null) _newest.Newer = entry;
        _newest = entry;
        _oldest ??= entry;
        _bytes += entry.Size;
        _count++;
    }

    private void Unlink(LocalEntry entry)
    {
        if (_hand == entry) _hand = entry.Newer;
        if (entry.Older is not null) entry.Older.Newer = entry.Newer;
        else _oldest = entry.Newer;
        if (entry.Newer is not null) entry.Newer.Older = entry.Older;
        else _newest = entry.Older;
        entry.Newer = entry.Older = null;
        _bytes -= entry.Size;
        _count--;
    }
}

internal static class Tombstone
{
    /// <summary>How long a removal is remembered: longer than any write that left before it can take.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);
}
