using System.Numerics;

namespace Streaming.Platform.Observing;

/// <summary>
/// Durations by logarithmic buckets, sixteen to each doubling, as in HdrHistogram: whatever is read off it is at most a thirty-second (3.2 %)
/// away from what was added, from 1.6 µs to 107 s; what lies outside counts as the nearest of these. Histograms add up, bucket by
/// bucket. Adding one costs one interlocked increment and allocates nothing.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>How many buckets there are: four bytes each.</summary>
    public const int Buckets = 27 * PerDoubling;

    private const int PerDoubling = 16;
    private const int SubBits = 4;
    private const long Longest = (1L << 30) - 1;

    private readonly uint[] _counts = new uint[Buckets];

    /// <summary>Counts one duration.</summary>
    public void Add(TimeSpan took) => Interlocked.Increment(ref _counts[BucketOf(took.Ticks)]);

    /// <summary>Adds the counts since the start to those that are there. They run over after 2³² of a kind; differences stay right.</summary>
    public void AddTo(Span<uint> counts)
    {
        for (var i = 0; i < Buckets; i++) counts[i] += Volatile.Read(ref _counts[i]);
    }

    /// <summary>The nearest-rank percentile since the start, 0 to 100; null before the first.</summary>
    public TimeSpan? Percentile(double percent)
    {
        Span<uint> counts = stackalloc uint[Buckets];
        counts.Clear();
        AddTo(counts);
        return Percentile(counts, percent);
    }

    /// <summary>The nearest-rank percentile of counted durations; null where there are none.</summary>
    /// <param name="counts">As <see cref="AddTo"/> fills them, or a difference of two such.</param>
    /// <param name="percent">0 to 100.</param>
    public static TimeSpan? Percentile(ReadOnlySpan<uint> counts, double percent)
    {
        ulong all = 0;
        foreach (var count in counts) all += count;
        if (all == 0) return null;
        var rank = Math.Max(1, (ulong)Math.Ceiling(percent / 100 * all));
        var bucket = 0;
        for (ulong seen = counts[0]; seen < rank; seen += counts[bucket]) bucket++;
        return TimeSpan.FromTicks(MiddleOf(bucket));
    }

    internal static int BucketOf(long ticks)
    {
        var value = Math.Clamp(ticks, 0, Longest);
        if (value < PerDoubling) return (int)value;
        var doubling = BitOperations.Log2((ulong)value);
        return ((doubling - SubBits + 1) * PerDoubling) + (int)((value >> (doubling - SubBits)) & (PerDoubling - 1));
    }

    internal static long MiddleOf(int bucket)
    {
        if (bucket < PerDoubling) return bucket;
        var shift = (bucket / PerDoubling) - 1;
        return ((long)(PerDoubling + (bucket % PerDoubling)) << shift) + ((1L << shift) / 2);
    }
}
