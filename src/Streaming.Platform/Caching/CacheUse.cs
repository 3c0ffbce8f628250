using System.Collections.Concurrent;

namespace Streaming.Platform.Caching;

/// <summary>
/// What one use of the cache was answered from. A use is the beginning of its keys up to their second colon, such as
/// <c>catalog:title</c>; what a module keeps even closer to itself, by good reason, counts here as well.
/// </summary>
public sealed class CacheUse
{
    private long _local;
    private long _zone;
    private long _source;
    private long _stale;

    internal CacheUse(string name) => Name = name;

    /// <summary>Module and thing.</summary>
    public string Name { get; }

    internal long Local => Volatile.Read(ref _local);

    internal long Zone => Volatile.Read(ref _zone);

    internal long Source => Volatile.Read(ref _source);

    internal long Stale => Volatile.Read(ref _stale);

    /// <summary>Answered from this process's memory.</summary>
    public void Hit() => Interlocked.Increment(ref _local);

    /// <summary>Not there: the source was asked.</summary>
    public void Missed() => Interlocked.Increment(ref _source);

    internal void LocalHit(bool isStale)
    {
        Interlocked.Increment(ref _local);
        if (isStale) Interlocked.Increment(ref _stale);
    }

    internal void ZoneHit(bool isStale)
    {
        Interlocked.Increment(ref _zone);
        if (isStale) Interlocked.Increment(ref _stale);
    }

    internal CacheUseReport Report() => new(Name, Local, Zone, Source, Stale);
}

/// <summary>The uses that there are. Their names are metric labels, so there is an end to them.</summary>
internal sealed class CacheUses
{
    public const string Other = "other";
    public const int Most = 64;

    private readonly ConcurrentDictionary<string, CacheUse> _uses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CacheUse>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly CacheUse _other = new(Other);
    private int _count;

    public CacheUses() => _lookup = _uses.GetAlternateLookup<ReadOnlySpan<char>>();

    public IEnumerable<CacheUse> All => _uses.Values.Append(_other);

    public CacheUse OfKey(string key)
    {
        var name = NameOf(key);
        if (name.IsEmpty) return _other;
        return _lookup.TryGetValue(name, out var known) ? known : Named(name.ToString());
    }

    public CacheUse Named(string name)
    {
        if (_uses.TryGetValue(name, out var known)) return known;
        if (Volatile.Read(ref _count) >= Most) return _other;
        var use = new CacheUse(name);
        if (!_uses.TryAdd(name, use)) return _uses[name];
        Interlocked.Increment(ref _count);
        return use;
    }

    public IReadOnlyList<CacheUseReport> Report() =>
        [.. All.Select(u => u.Report()).Where(u => u.Reads > 0).OrderBy(u => u.Use, StringComparer.Ordinal)];

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> key)
    {
        var first = key.IndexOf(':');
        var second = first < 0 ? -1 : key[(first + 1)..].IndexOf(':');
        return second < 0 ? [] : key[..(first + 1 + second)];
    }
}
