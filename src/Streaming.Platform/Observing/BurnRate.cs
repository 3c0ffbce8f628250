namespace Streaming.Platform.Observing;

/// <summary>
/// How fast an objective's budget of failures is used up (Google, The Site Reliability Workbook, chapter 5): 1 uses it up exactly
/// in the objective's period. Remembers six hours by tens of seconds, 34 KiB.
/// </summary>
/// <param name="objective">The share that has to go well, such as 0.9999.</param>
public sealed class BurnRate(double objective)
{
    /// <summary>Fewer failures than this say nothing, whatever their share.</summary>
    private const int LeastBad = 20;

    private readonly uint[] _all = new uint[Recorder.CoarseSlots];
    private readonly uint[] _bad = new uint[Recorder.CoarseSlots];
    private long _ten = -1;

    /// <summary>The share that has to go well.</summary>
    public double Objective { get; } = objective;

    /// <summary>Counts what took place in a second.</summary>
    public void Add(long second, long all, long bad)
    {
        var ten = second / Recorder.Coarse;
        for (var old = Math.Max(_ten + 1, ten - Recorder.CoarseSlots + 1); old <= ten; old++) _all[old % Recorder.CoarseSlots] = _bad[old % Recorder.CoarseSlots] = 0;
        _ten = Math.Max(_ten, ten);
        _all[ten % Recorder.CoarseSlots] += (uint)all;
        _bad[ten % Recorder.CoarseSlots] += (uint)bad;
    }

    /// <summary>Within the last so much time, at most six hours.</summary>
    public (long All, long Bad, double Rate) Within(TimeSpan span)
    {
        long all = 0, bad = 0;
        for (var ten = Math.Max(0, _ten - (long)(span.TotalSeconds / Recorder.Coarse) + 1); ten <= _ten; ten++)
        {
            all += _all[ten % Recorder.CoarseSlots];
            bad += _bad[ten % Recorder.CoarseSlots];
        }

        return (all, bad, all == 0 ? 0 : (double)bad / all / (1 - Objective));
    }

    /// <summary>Whether somebody is to be called: it burned this fast over both spans, the short one so that it ends soon after the cause does.</summary>
    public bool IsOver(TimeSpan span, TimeSpan shorter, double rate) =>
        Within(span) is { Bad: >= LeastBad } over && over.Rate >= rate && Within(shorter).Rate >= rate;
}
