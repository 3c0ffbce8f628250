using System.Text.Json;

namespace Streaming.Playback.Sessions;

/// <summary>
/// Which events of a session have been counted, as runs of sequence numbers; almost always one. The events at both ends of a run
/// are kept, so that a batch that comes late is joined to its neighbours exactly as if it had come in time.
/// </summary>
internal sealed class SeenEvents
{
    private const int MostRuns = 100;
    private readonly List<Run> _runs;

    private SeenEvents(List<Run> runs) => _runs = runs;

    public static SeenEvents Parse(string text) => new(text.Length == 0 ? [] : JsonSerializer.Deserialize<List<Run>>(text)!);

    public string Text => JsonSerializer.Serialize(_runs);

    /// <summary>Counts an event in, unless it has been before: answers what it adds, or null.</summary>
    public Tally? Add(Moment moment)
    {
        if (_runs.Any(r => r.First.Sequence <= moment.Sequence && moment.Sequence <= r.Last.Sequence)) return null;
        var before = _runs.FirstOrDefault(r => r.Last.Sequence == moment.Sequence - 1);
        var after = _runs.FirstOrDefault(r => r.First.Sequence - 1 == moment.Sequence);
        moment = moment with { Bandwidth = moment.Bandwidth ?? before?.Last.Bandwidth };

        var adds = Tally.Between(before?.Last, moment);
        if (after is not null) adds += Tally.Between(moment, after.First) - Tally.Between(null, after.First);

        _runs.Remove(before!);
        _runs.Remove(after!);
        _runs.Add(new Run(before?.First ?? moment, after?.Last ?? moment));
        if (_runs.Count > MostRuns) CloseOldestGap();
        return adds;
    }

    // A player that leaves gap after gap gets the oldest one closed: what is missing there counts as seen.
    private void CloseOldestGap()
    {
        _runs.Sort((a, b) => a.First.Sequence.CompareTo(b.First.Sequence));
        _runs[1] = new Run(_runs[0].First, _runs[1].Last);
        _runs.RemoveAt(0);
    }

    private sealed record Run(Moment First, Moment Last);
}

/// <summary>What of an event matters to its neighbours.</summary>
internal sealed record Moment(int Sequence, string Kind, DateTimeOffset At, double Position, double? Stalled, double? Bandwidth);

/// <summary>Seconds watched and stood still, and bits times seconds, that lie between an event and the one before it.</summary>
internal readonly record struct Tally(double Watched, double Stalled, double Rated, double BitSeconds)
{
    public static Tally Between(Moment? before, Moment moment)
    {
        var elapsed = before is null ? 0 : Math.Max(0, (moment.At - before.At).TotalSeconds);
        var stalled = moment.Kind is PlayerEvents.Resumed or PlayerEvents.Playing
            ? moment.Stalled ?? (before?.Kind == PlayerEvents.Stalled ? elapsed : 0)
            : 0;
        if (before is null || moment.Kind == PlayerEvents.Seeked || !PlayerEvents.MayRunOn(before.Kind)) return new Tally(0, stalled, 0, 0);

        // Neither a jump that nobody called a seek nor a slow clock makes anybody have watched more than both allow.
        var watched = Math.Min(elapsed, Math.Max(0, moment.Position - before.Position));
        return before.Bandwidth is { } bandwidth ? new Tally(watched, stalled, watched, watched * bandwidth) : new Tally(watched, stalled, 0, 0);
    }

    public static Tally operator +(Tally a, Tally b) => new(a.Watched + b.Watched, a.Stalled + b.Stalled, a.Rated + b.Rated, a.BitSeconds + b.BitSeconds);

    public static Tally operator -(Tally a, Tally b) => new(a.Watched - b.Watched, a.Stalled - b.Stalled, a.Rated - b.Rated, a.BitSeconds - b.BitSeconds);
}
