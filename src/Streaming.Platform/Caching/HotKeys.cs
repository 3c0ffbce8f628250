using System.Collections.Concurrent;

namespace Streaming.Platform.Caching;

/// <summary>
/// How often keys were read lately, in a count-min sketch (Cormode and Muthukrishnan, 2005): four rows of counters, of which the least is
/// the estimate, never too low. Counts that two threads lose to one another are not worth a lock.
/// </summary>
internal sealed class HotKeys(int hotReads)
{
    private const int Rows = 4;
    private const int Width = 1 << 14;
    private const int Known = 1 << 14;
    private static readonly uint[] _seeds = [0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F];

    private readonly int[] _counts = new int[Rows * Width];
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private int _knownCount; // asking the dictionary takes all its locks

    /// <summary>Counts reads of a key, and answers whether it is hot now.</summary>
    public bool Count(string key, int reads = 1)
    {
        var hash = (uint)key.GetHashCode();
        var least = int.MaxValue;
        for (var row = 0; row < Rows; row++) least = Math.Min(least, _counts[Cell(hash, row)] += reads);
        if (least >= 2 && Volatile.Read(ref _knownCount) < Known && !_known.ContainsKey(key) && _known.TryAdd(key, 0)) Interlocked.Increment(ref _knownCount);
        return least >= hotReads;
    }

    public int Estimate(string key)
    {
        var hash = (uint)key.GetHashCode();
        var least = int.MaxValue;
        for (var row = 0; row < Rows; row++) least = Math.Min(least, _counts[Cell(hash, row)]);
        return least;
    }

    /// <summary>Keys that were read more than once, the hottest first.</summary>
    public IReadOnlyList<string> Hottest() => [.. _known.Keys.Select(k => (Key: k, Reads: Estimate(k))).OrderByDescending(k => k.Reads).Select(k => k.Key)];

    /// <summary>Halves all counts, so that what was hot an hour ago is not for ever.</summary>
    public void Age()
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] >>= 1;
        if (Volatile.Read(ref _knownCount) < Known / 2) return;
        foreach (var key in _known.Keys)
            if (Estimate(key) == 0 && _known.TryRemove(key, out _)) Interlocked.Decrement(ref _knownCount);
    }

    private static int Cell(uint hash, int row) => row * Width + (int)((hash * _seeds[row]) >> 18);
}
