using Streaming.Platform.Observing;

namespace Streaming.Platform.Dial.Guarding;

/// <summary>What a guard has seen of a module since its dial was turned last.</summary>
/// <param name="Epoch">The decision since which it counts.</param>
/// <param name="CallsHere">Calls that this process carried out.</param>
/// <param name="CallsThere">Calls that were for another one.</param>
/// <param name="FailedHere">Of those here that were answered with a fault of ours.</param>
/// <param name="FailedThere">Of those there: without an answer, also where this process gave one in its place, or with a fault of ours.</param>
/// <param name="SlowHere">Longer than the contract says is slow.</param>
/// <param name="SlowThere">The same there.</param>
/// <param name="FailedE">The evidence that more fails there.</param>
/// <param name="SlowE">The evidence that more is slow there.</param>
/// <param name="P50HereMs">Median of the calls here, in milliseconds; null where there were none.</param>
/// <param name="P50ThereMs">And of those there, as whoever called felt it.</param>
/// <param name="P99HereMs">99 of 100 here took at most this.</param>
/// <param name="P99ThereMs">And there.</param>
public sealed record GuardReport(
    long Epoch, long CallsHere, long CallsThere, long FailedHere, long FailedThere, long SlowHere, long SlowThere, double FailedE, double SlowE,
    double? P50HereMs, double? P50ThereMs, double? P99HereMs, double? P99ThereMs);

/// <summary>One module's calls here and there since the dial was turned last, and whether they have to come back.</summary>
/// <param name="clock">The time.</param>
/// <param name="slowMay">The share of calls that may be slow there, 0 to 1.</param>
internal sealed class ModuleGuard(TimeProvider clock, double slowMay = 0.02)
{
    /// <summary>An e-value that ends it: at most one false alarm in a thousand, however long it runs.</summary>
    public const double Enough = 1000;

    private const int InARow = 5;
    private const int Few = 3;
    private const double Share = 0.02;

    // What is remote is always a little slower: it may be slow more often than is allowed anyway where it is so here too, by half.
    private const double SlowerMay = 1.5;
    private const int Recent = 50;

    private const int Seconds = 5;

    private readonly Lock _gate = new();
    private readonly (long Second, int Calls, int Lost)[] _window = new (long, int, int)[Seconds];
    private EProcess _failed = new();
    private EProcess _slow = new();
    private LatencyHistogram _tookHere = new();
    private LatencyHistogram _tookThere = new();
    private long _epoch = -1;
    private long _here;
    private long _there;
    private long _slowHere;
    private double _slowHereLately;
    private int _lostInARow;
    private bool _isOver;

    public GuardReport Report
    {
        get
        {
            lock (_gate)
            {
                var failed = _failed.Seen;
                return new GuardReport(
                    _epoch, _here, _there, failed.All - failed.Hits, failed.Hits, _slowHere, _slow.Seen.Hits, _failed.Value, _slow.Value,
                    Milliseconds(_tookHere, 50), Milliseconds(_tookThere, 50), Milliseconds(_tookHere, 99), Milliseconds(_tookThere, 99));
            }
        }
    }

    /// <summary>Counts a call; the answer is why all have to come back, once.</summary>
    /// <param name="epoch">The decision that it followed.</param>
    /// <param name="call">What has become of it.</param>
    public string? Note(long epoch, in CallOutcome call)
    {
        lock (_gate)
        {
            if (epoch < _epoch) return null;
            if (epoch > _epoch) Begin(epoch);
            if (_isOver) return null;
            if (call.IsThere) _there++;
            else _here++;
            (call.IsThere ? _tookThere : _tookHere).Add(call.Took);
            if (call.HasFailed || call is { Lost: not null, IsLate: false }) _failed.Add(call.IsThere, (double)_there / (_here + _there));
            if (call.IsThere) _slow.Add(call.IsSlow || call is { Lost: not null, IsLate: true }, MayBeSlow());
            else SlowHere(call.IsSlow);
            var reason = (call.IsThere ? Lost(call) : null) ?? Worse();
            _isOver = reason is not null;
            return reason;
        }
    }

    /// <summary>With which chance a call there may be slow; 1 while too little is known of here.</summary>
    private double MayBeSlow() =>
        _here == 0 && _there > Recent ? slowMay
        : _here < Recent ? 1
        : Math.Max(slowMay, SlowerMay * Math.Max(_slowHereLately, (double)_slowHere / _here));

    /// <summary>Over all, and lately: what slows everything down for a moment is no fault of the other process.</summary>
    private void SlowHere(bool isSlow)
    {
        if (isSlow) _slowHere++;
        _slowHereLately += ((isSlow ? 1 : 0) - _slowHereLately) / Recent;
    }

    private void Begin(long epoch)
    {
        (_epoch, _here, _there, _slowHere, _slowHereLately, _lostInARow, _isOver, _failed, _slow, _tookHere, _tookThere) =
            (epoch, 0, 0, 0, 0, 0, false, new EProcess(), new EProcess(), new LatencyHistogram(), new LatencyHistogram());
        Array.Clear(_window);
    }

    /// <summary>Without any statistics: what answers nothing is not waited for.</summary>
    private string? Lost(in CallOutcome call)
    {
        var second = (long)clock.GetElapsedTime(0).TotalSeconds;
        ref var now = ref _window[second % Seconds];
        if (now.Second != second) now = (second, 0, 0);
        now.Calls++;
        if (call.Lost is null)
        {
            _lostInARow = 0;
            return null;
        }

        if (++_lostInARow >= InARow) return $"{InARow} calls in a row were not answered there ({call.Lost})";
        if (call.IsLate) return null;
        now.Lost++;
        var (calls, lost) = (0, 0);
        foreach (var slot in _window)
            if (slot.Second > second - Seconds) (calls, lost) = (calls + slot.Calls, lost + slot.Lost);
        return lost >= Few && lost > calls * Share ? $"{lost} of {calls} calls in {Seconds} s were not answered there ({call.Lost})" : null;
    }

    private static double? Milliseconds(LatencyHistogram histogram, double percent) => histogram.Percentile(percent) is { } took ? Math.Round(took.TotalMilliseconds, 2) : null;

    private string? Worse() =>
        _failed.Value >= Enough ? $"more fails there than chance explains: {_failed.Seen.Hits} of {_there} calls against {_failed.Seen.All - _failed.Seen.Hits} of {_here} here"
        : _slow.Value >= Enough ? $"more is slow there than may be: {_slow.Seen.Hits} of {_there} calls against {_slowHere} of {_here} here"
        : null;
}
