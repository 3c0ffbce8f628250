namespace Streaming.Platform.Observing;

/// <summary>The durations of the last second, and of the last ten, out of one or more histograms that count since the start.</summary>
/// <param name="fill">Adds the counts of all that belong to it, as <see cref="LatencyHistogram.AddTo"/> does.</param>
public sealed class Distribution(Action<uint[]> fill)
{
    private readonly uint[] _second = new uint[LatencyHistogram.Buckets];
    private readonly uint[] _ten = new uint[LatencyHistogram.Buckets];
    private uint[] _before = new uint[LatencyHistogram.Buckets];
    private uint[] _now = new uint[LatencyHistogram.Buckets];

    internal double Second(double percent) => Milliseconds(_second, percent);

    internal double Ten(double percent) => Milliseconds(_ten, percent);

    internal void Advance(bool isFirstOfTen)
    {
        (_before, _now) = (_now, _before);
        Array.Clear(_now);
        fill(_now);
        if (isFirstOfTen) Array.Clear(_ten);
        for (var i = 0; i < _now.Length; i++)
        {
            // What belongs to it may have become less, where a histogram was let go of.
            _second[i] = (int)(_now[i] - _before[i]) > 0 ? _now[i] - _before[i] : 0;
            _ten[i] += _second[i];
        }
    }

    private static double Milliseconds(uint[] counts, double percent) => LatencyHistogram.Percentile(counts, percent)?.TotalMilliseconds ?? double.NaN;
}
