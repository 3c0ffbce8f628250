namespace Streaming.Platform.Resilience;

/// <summary>The durations of the last calls, for a percentile of what is usual now.</summary>
internal sealed class LatencyWindow
{
    private const int Size = 512;
    private const int Enough = 20;

    private readonly int[] _microseconds = new int[Size];
    private int _next;

    public void Add(TimeSpan took) =>
        _microseconds[(uint)Interlocked.Increment(ref _next) % Size] = (int)Math.Clamp(took.TotalMicroseconds, 1, int.MaxValue);

    /// <summary>The nearest-rank percentile, 0 to 100; null while too little is known.</summary>
    public TimeSpan? Percentile(double percent)
    {
        Span<int> sorted = stackalloc int[Size];
        _microseconds.CopyTo(sorted);
        sorted.Sort();
        sorted = sorted[(sorted.LastIndexOf(0) + 1)..];
        return sorted.Length < Enough ? null : TimeSpan.FromMicroseconds(sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)]);
    }
}
