namespace Streaming.Platform.Observing;

/// <summary>
/// What counters and a histogram have gained lately: they are looked at every so often, and compared with what they were so many looks
/// before. Not for several threads.
/// </summary>
/// <param name="slots">How many looks are remembered; the window is that many spans of <paramref name="every"/>, and at most one more.</param>
/// <param name="every">Seconds between two looks.</param>
/// <param name="counters">How many counters there are.</param>
/// <param name="hasDurations">Whether there is a histogram.</param>
public sealed class Window(int slots, int every, int counters, bool hasDurations)
{
    private readonly long[] _counts = new long[slots * counters];
    private readonly uint[] _durations = new uint[hasDurations ? slots * LatencyHistogram.Buckets : 0];
    private readonly long[] _seconds = new long[slots];
    private int _looks;

    /// <summary>Remembers the state, if it is time. At the first look everything there is was gained since a second before.</summary>
    public void Note(long second, ReadOnlySpan<long> counts, LatencyHistogram? durations = null)
    {
        if (_looks == 0) _seconds[_looks++] = second - 1;
        if (second - _seconds[(_looks - 1) % slots] < every) return;
        var slot = _looks++ % slots;
        _seconds[slot] = second;
        counts.CopyTo(_counts.AsSpan(slot * counters));
        if (durations is null) return;
        var kept = _durations.AsSpan(slot * LatencyHistogram.Buckets, LatencyHistogram.Buckets);
        kept.Clear();
        durations.AddTo(kept);
    }

    /// <summary>Turns counts into what was gained within the window, and answers with its length in seconds, at least 1.</summary>
    public double Gained(long second, Span<long> counts)
    {
        if (Oldest() is not { } slot) return 1;
        for (var i = 0; i < counters; i++) counts[i] = Math.Max(0, counts[i] - _counts[(slot * counters) + i]);
        return Math.Max(1, second - _seconds[slot]);
    }

    /// <summary>Turns the counts of a histogram into what was gained within the window.</summary>
    public void Gained(Span<uint> durations)
    {
        if (Oldest() is not { } slot) return;
        for (var i = 0; i < durations.Length; i++) durations[i] -= _durations[(slot * LatencyHistogram.Buckets) + i];
    }

    private int? Oldest() => _looks == 0 ? null : _looks < slots ? 0 : _looks % slots;
}
