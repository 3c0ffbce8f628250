using Streaming.Platform.Observing;

namespace Streaming.Platform.Dial.Shadowing;

/// <summary>An answer that was different there, without anything that explains it.</summary>
/// <param name="Contract">Whose.</param>
/// <param name="Differences">Where.</param>
public sealed record ShadowMismatch(string Contract, IReadOnlyList<AnswerDifference> Differences);

/// <summary>What has been compared of a module.</summary>
/// <param name="Compared">Answers that came from there in time.</param>
/// <param name="Same">Of them, those that were the same.</param>
/// <param name="Mismatched">Those that differ without anything that explains it.</param>
/// <param name="Raced">Those that differ because something has changed in between.</param>
/// <param name="Noisy">Those that differ only where two answers of this process do too.</param>
/// <param name="Failed">Copies that were not answered there.</param>
/// <param name="Dropped">Copies that were not sent, because too many waited.</param>
/// <param name="LastFailure">Why; null where none has failed.</param>
/// <param name="P50HereMs">Median of the same questions here, in milliseconds; null before the first.</param>
/// <param name="P50ThereMs">And there, with the way.</param>
/// <param name="P99HereMs">99 of 100 here took at most this.</param>
/// <param name="P99ThereMs">And there.</param>
/// <param name="Mismatches">The latest ones.</param>
/// <param name="Noise">Paths that differ from one answer to the next.</param>
public sealed record ShadowReport(
    long Compared, long Same, long Mismatched, long Raced, long Noisy, long Failed, long Dropped, string? LastFailure, double? P50HereMs, double? P50ThereMs, double? P99HereMs,
    double? P99ThereMs, IReadOnlyList<ShadowMismatch> Mismatches, IReadOnlyList<string> Noise);

/// <summary>Counts what has become of copies since a decision.</summary>
internal sealed class ShadowTally(long epoch)
{
    private const int MostKept = 20;

    private readonly Lock _gate = new();
    private readonly Queue<ShadowMismatch> _mismatches = new();
    private readonly SortedSet<string> _noise = new(StringComparer.Ordinal);
    private readonly LatencyHistogram _here = new();
    private readonly LatencyHistogram _there = new();
    private long _same;
    private long _mismatched;
    private long _raced;
    private long _noisy;
    private long _failed;
    private long _dropped;
    private string? _lastFailure;

    public long Epoch { get; } = epoch;

    public ShadowReport Report
    {
        get
        {
            lock (_gate)
            {
                return new ShadowReport(
                    _same + _mismatched + _raced + _noisy, _same, _mismatched, _raced, _noisy, _failed, _dropped, _lastFailure, Milliseconds(_here, 50), Milliseconds(_there, 50), Milliseconds(_here, 99),
                    Milliseconds(_there, 99), [.. _mismatches], [.. _noise]);
            }
        }
    }

    public void Same(TimeSpan here, TimeSpan there)
    {
        _here.Add(here);
        _there.Add(there);
        lock (_gate) _same++;
    }

    public void Differs(string contract, IReadOnlyList<AnswerDifference> differences, IReadOnlySet<string> noise, bool hasRaced)
    {
        lock (_gate)
        {
            if (hasRaced)
            {
                _raced++;
                return;
            }

            foreach (var path in noise) _noise.Add($"{contract} {path}");
            AnswerDifference[] unexplained = [.. differences.Where(d => !_noise.Contains($"{contract} {d.Path}"))];
            if (unexplained.Length == 0)
            {
                _noisy++;
                return;
            }

            _mismatched++;
            _mismatches.Enqueue(new ShadowMismatch(contract, unexplained));
            if (_mismatches.Count > MostKept) _mismatches.Dequeue();
        }
    }

    public void Failed(string reason)
    {
        lock (_gate) (_failed, _lastFailure) = (_failed + 1, reason);
    }

    public void Dropped()
    {
        lock (_gate) _dropped++;
    }

    private static double? Milliseconds(LatencyHistogram histogram, double percent) => histogram.Percentile(percent) is { } took ? Math.Round(took.TotalMilliseconds, 2) : null;
}
