using System.Collections.Concurrent;
using Polly.CircuitBreaker;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial.Instances;

/// <summary>Whether calls go to an instance.</summary>
public enum InstanceState
{
    /// <summary>Nothing is known of it yet, so nothing is sent to it.</summary>
    Unproven,

    /// <summary>It gets its share, in full or on the way there.</summary>
    In,

    /// <summary>It has failed and gets nothing until it has proven itself again.</summary>
    Out,
}

/// <summary>
/// Another process and how it fares: in or out, by probes and by what becomes of the calls to it. It is put out by two missed probes in
/// a row or by an open circuit, and comes back when probes are answered again: with a small share that grows, since a cold process
/// that gets its whole share at once fails again. One that others outrun again and again gets a small share until it answers in time: it
/// may hang, or only be cold, which a probe or two seconds tell.
/// </summary>
public sealed class Instance : IDisposable
{
    /// <summary>The <see cref="Reason"/> of one of which nothing is known yet.</summary>
    public const string NotProbed = "not probed yet";

    private const int WarmAfter = 100;
    private const int WarmAfterOfAKind = 20;
    private const int Enough = 2;
    private const double LeastWeight = 0.1;
    private const string ByHand = "isolated by hand";
    private const int LongestRest = 12;
    private const int TooOften = 5;
    private static readonly TimeSpan _tooLong = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _forgotten = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly bool _isLate;
    private readonly ConcurrentDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private CancellationTokenSource _lost = new();
    private InstanceState _state;
    private long _since;
    private bool _isRamped;
    private int _ejectionsInARow;
    private int _missed;
    private int _answered;
    private int _inFlight;
    private int _ejections;
    private int _outrun;
    private long _outrunSince;

    /// <param name="at">Where it is.</param>
    /// <param name="dependency">Its circuit and its counts.</param>
    /// <param name="isLate">Whether others have been at work before it; then it is cold and begins with a small share.</param>
    /// <param name="clock">The time.</param>
    public Instance(InstanceAddress at, Dependency dependency, bool isLate, TimeProvider clock) =>
        (At, Dependency, _isLate, _clock, _since) = (at, dependency, isLate, clock, clock.GetTimestamp());

    /// <summary>Where it is.</summary>
    public InstanceAddress At { get; }

    /// <summary>Its circuit and its counts.</summary>
    public Dependency Dependency { get; }

    /// <summary>In, out or not known yet.</summary>
    public InstanceState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Why it is not in; null while it is.</summary>
    public string? Reason { get; private set; } = NotProbed;

    /// <summary>How often it has been put out.</summary>
    public int Ejections => Volatile.Read(ref _ejections);

    /// <summary>
    /// It has answered so little yet, in all or of this kind, that it is still compiling and filling its caches: how long it takes says nothing.
    /// </summary>
    /// <param name="kind">Of question, such as a contract.</param>
    public bool IsCold(string kind) => Dependency.Counts.Succeeded < WarmAfter || _kinds.GetValueOrDefault(kind) < WarmAfterOfAKind;

    /// <summary>It has answered one of this kind.</summary>
    public void HasAnswered(string kind)
    {
        if (_kinds.GetValueOrDefault(kind) < WarmAfterOfAKind) _kinds.AddOrUpdate(kind, 1, static (_, before) => before + 1);
    }

    /// <summary>Calls to it under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Cancelled when it is put out: what may be asked elsewhere need not wait for it any longer.</summary>
    public CancellationToken Lost
    {
        get
        {
            lock (_gate) return _lost.Token;
        }
    }

    /// <summary>Raised, with the reason, when it is put out, and with null when it is back. Never under a lock.</summary>
    public event Action<Instance, string?>? Turned;

    /// <summary>A call to it begins; <see cref="End"/> has to follow.</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    /// <summary>A call to it has ended.</summary>
    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>What it can take on, 0 to 1: nothing while it is not in; after it has come back it grows from a tenth to all within the ramp.</summary>
    public double Weight(TimeSpan ramp)
    {
        lock (_gate)
        {
            if (_state != InstanceState.In) return 0;
            if (_outrun >= TooOften) return LeastWeight;
            if (!_isRamped || ramp <= TimeSpan.Zero) return 1;
            return Math.Clamp(_clock.GetElapsedTime(_since) / ramp, LeastWeight, 1);
        }
    }

    /// <summary>A probe was answered.</summary>
    public async Task Answered()
    {
        if (Dependency.State == CircuitState.Isolated)
        {
            PutOut(ByHand);
            return;
        }

        bool isBack;
        lock (_gate)
        {
            _missed = 0;
            if (_state == InstanceState.In) return;
            if (++_answered < Enough && _state == InstanceState.Out) return;
            if (_state == InstanceState.Out && _clock.GetElapsedTime(_since) < Rest) return;
            isBack = _state == InstanceState.Out;
        }

        // Its circuit would let one call through and wait; the probes have been answered in its place.
        if (isBack) await Dependency.Close();
        lock (_gate)
        {
            (_state, _since, Reason, _isRamped, _outrun) = (InstanceState.In, _clock.GetTimestamp(), null, isBack || _isLate, 0);
            (_lost, var old) = (new CancellationTokenSource(), _lost);
            old.Dispose();
        }

        Turned?.Invoke(this, null);
    }

    /// <summary>A probe was not answered, or wrongly. The second in a row puts it out.</summary>
    public void Missed(string reason)
    {
        lock (_gate)
        {
            _answered = 0;
            if (++_missed < Enough || _state != InstanceState.In)
            {
                if (_state != InstanceState.In) Reason = reason;
                return;
            }
        }

        PutOut(reason);
    }

    /// <summary>Its answer shows that nothing may be sent to it, however well it is.</summary>
    public void Unfit(string reason)
    {
        lock (_gate)
        {
            (_answered, Reason) = (0, reason);
            if (_state != InstanceState.In) return;
        }

        PutOut(reason);
    }

    /// <summary>It has answered a call before anybody else did.</summary>
    public void Served()
    {
        if (Volatile.Read(ref _outrun) != 0) Volatile.Write(ref _outrun, 0);
    }

    /// <summary>Another, which was asked later, has answered in its place.</summary>
    public void Outrun()
    {
        lock (_gate)
        {
            if (_outrun++ == 0) _outrunSince = _clock.GetTimestamp();
            if (_outrun < TooOften || _clock.GetElapsedTime(_outrunSince) < _tooLong) return;
        }

        PutOut("others have answered in its place for two seconds, and it never");
    }

    /// <summary>After a call that failed or was refused: an open circuit puts it out.</summary>
    public void Judge(string reason)
    {
        if (Dependency.State is CircuitState.Open or CircuitState.Isolated) PutOut(Dependency.State == CircuitState.Isolated ? ByHand : reason);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _lost.Dispose();
    }

    // The oftener it fails soon after it has come back, the longer it is left alone: up to a minute at the usual five seconds.
    private TimeSpan Rest => TimeSpan.FromMilliseconds(Dependency.Settings.BreakerSleepMs) * Math.Min(_ejectionsInARow, LongestRest);

    private void PutOut(string reason)
    {
        CancellationTokenSource lost;
        lock (_gate)
        {
            if (_state != InstanceState.In) return;
            _ejectionsInARow = _clock.GetElapsedTime(_since) > _forgotten ? 1 : _ejectionsInARow + 1;
            (_state, _since, Reason, _answered, _missed, _outrun) = (InstanceState.Out, _clock.GetTimestamp(), reason, 0, 0, 0);
            _ejections++;
            lost = _lost;
        }

        lost.Cancel();
        Turned?.Invoke(this, reason);
    }
}
