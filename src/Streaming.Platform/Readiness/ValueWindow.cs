namespace Streaming.Platform.Readiness;

/// <summary>The last values of something, for a percentile of what is usual now. For one thread at a time.</summary>
internal sealed class ValueWindow
{
    private const int Size = 256;
    private const int Least = 8;

    // It grows as it fills: most of what is seen is rare.
    private float[] _values = new float[Least];
    private long _count;

    /// <summary>How many there have been.</summary>
    public long Count => _count;

    /// <summary>The greatest since the start.</summary>
    public double Max { get; private set; }

    /// <summary>Those that are kept, in no order of time; windows that are added to together have what belongs together at the same place.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, (int)Math.Min(_count, _values.Length));

    public void Add(double value)
    {
        if (_count == _values.Length && _values.Length < Size) Array.Resize(ref _values, _values.Length * 2);
        _values[_count++ % _values.Length] = (float)value;
        Max = Math.Max(Max, value);
    }

    /// <summary>The nearest-rank percentile of those that are kept, 0 to 100; null where there are none.</summary>
    public double? Percentile(double percent)
    {
        if (_count == 0) return null;
        Span<float> sorted = stackalloc float[Size];
        sorted = sorted[..Values.Length];
        Values.CopyTo(sorted);
        sorted.Sort();
        return sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
    }
}
