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
internal sealed class ModuleGuard(TimeProvider clock)
{
    /// <summary>An e-value that ends it: at most one false alarm in a thousand, however long it runs.</summary>
    public const double Enough = 1000;

    private const int InARow = 5;
    private const int Few = 3;
    private const double Share = 0.02;
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
    private int _lostInARow;
    private bool _isOver;

    public GuardReport Report
    {
        get
        {
            lock (_gate)
            {
                var (failed, slow) = (_failed.Bad, _slow.Bad);
                return new GuardReport(
                    _epoch, _here, _there, failed.All - failed.There, failed.There, slow.All - slow.There, slow.There, _failed.Value, _slow.Value,
                    Milliseconds(_tookHere, 50), Milliseconds(_tookThere, 50), Milliseconds(_tookHere, 99), Milliseconds(_tookThere, 99));
            }
        }
    }

    /// <summary>Counts a call; the answer is why all have to come back, once.</summary>
    /// <param name="epoch">The decision that it followed.</param>
    /// <param name="isThere">Whether it was for another process.</param>
    /// <param name="isLost">Whether that one gave no answer.</param>
    /// <param name="hasFailed">Whether it has failed, of whoever's doing.</param>
    /// <param name="isSlow">Whether it took longer than it should.</param>
    /// <param name="took">How long that was.</param>
    public string? Note(long epoch, bool isThere, bool isLost, bool hasFailed, bool isSlow, TimeSpan took)
    {
        lock (_gate)
        {
            if (epoch < _epoch) return null;
            if (epoch > _epoch) Begin(epoch);
            if (_isOver) return null;
            if (isThere) _there++;
            else _here++;
            (isThere ? _tookThere : _tookHere).Add(took);
            var share = (double)_there / (_here + _there);
            if (hasFailed || isLost) _failed.Add(isThere, share);
            if (isSlow) _slow.Add(isThere, share);
            var reason = (isThere ? Lost(isLost) : null) ?? Worse();
            _isOver = reason is not null;
            return reason;
        }
    }

    private void Begin(long epoch)
    {
        (_epoch, _here, _there, _lostInARow, _isOver, _failed, _slow, _tookHere, _tookThere) =
            (epoch, 0, 0, 0, false, new EProcess(), new EProcess(), new LatencyHistogram(), new LatencyHistogram());
        Array.Clear(_window);
    }

    /// <summary>Without any statistics: what answers nothing is not waited for.</summary>
    private string? Lost(bool isLost)
    {
        var second = (long)clock.GetElapsedTime(0).TotalSeconds;
        ref var now = ref _window[second % Seconds];
        if (now.Second != second) now = (second, 0, 0);
        now.Calls++;
        if (!isLost)
        {
            _lostInARow = 0;
            return null;
        }

        now.Lost++;
        if (++_lostInARow >= InARow) return $"{InARow} calls in a row were not answered there";
        var (calls, lost) = (0, 0);
        foreach (var slot in _window)
            if (slot.Second > second - Seconds) (calls, lost) = (calls + slot.Calls, lost + slot.Lost);
        return lost >= Few && lost > calls * Share ? $"{lost} of {calls} calls in {Seconds} s were not answered there" : null;
    }

    private static double? Milliseconds(LatencyHistogram histogram, double percent) => histogram.Percentile(percent) is { } took ? Math.Round(took.TotalMilliseconds, 2) : null;

    private string? Worse() => _failed.Value >= Enough ? $"more fails there than chance explains: {_failed.Bad.There} of {_there} calls against {_failed.Bad.All - _failed.Bad.There} of {_here} here"
        : _slow.Value >= Enough ? $"more is slow there than chance explains: {_slow.Bad.There} of {_there} calls against {_slow.Bad.All - _slow.Bad.There} of {_here} here"
        : null;
}
