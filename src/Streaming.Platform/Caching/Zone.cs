using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace Streaming.Platform.Caching;

internal enum ZoneState
{
    Away,
    CatchingUp,
    Warming,
    Serving,
}

/// <summary>One zone as this process sees it: how it fares, what it misses, and whether it is to be believed.</summary>
internal sealed partial class Zone(string name, ZoneServer server, HybridClock hybrid, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private const double Smoothing = 0.1;
    private const double FailureMs = 25;

    private double _latencyMs = -1;
    private long _reads;
    private long _hits;
    private long _failed;
    private long _repaired;
    private int _state;

    public string Name => name;

    public ZoneServer Server => server;

    public ZoneQueue Queue { get; } = new();

    public Warming Shadow { get; } = new();

    public bool IsWarm { get; set; }

    public bool IsServing => State == ZoneState.Serving;

    /// <summary>It has everything that was written while it was away, so nothing in it is older than what was removed.</summary>
    public bool IsBelieved => State is ZoneState.Serving or ZoneState.Warming;

    public double LatencyMs => Volatile.Read(ref _latencyMs);

    public ZoneState State => (ZoneState)Volatile.Read(ref _state);

    public ZoneReport Report() => new(
        name, StateText(State), CircuitText(server.Circuit), LatencyMs < 0 ? null : LatencyMs, Volatile.Read(ref _reads), Volatile.Read(ref _hits),
        Volatile.Read(ref _failed), Volatile.Read(ref _repaired), Queue.Count, Queue.Dirty, State == ZoneState.Warming ? Shadow.Percent : null);

    public void Become(ZoneState state)
    {
        var before = (ZoneState)Interlocked.Exchange(ref _state, (int)state);
        if (before != state) Became(log, name, StateText(state), StateText(before));
    }

    /// <summary>Null also where it did not answer in time.</summary>
    public async ValueTask<ZoneValue?> Get(string key, bool isCounted, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var outcome = await server.Get(key, cancellationToken);
        if (outcome.Exception is { } failure) return Failed<ZoneValue>(failure);
        Took(clock.GetElapsedTime(began).TotalMilliseconds);
        if (isCounted) Interlocked.Increment(ref _reads);
        return ZoneValue.Open(outcome.Result);
    }

    /// <summary>In the order of the keys; null where it did not answer in time.</summary>
    public async ValueTask<ZoneValue?[]?> GetMany(string[] keys, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var outcome = await server.GetMany(keys, cancellationToken);
        if (outcome.Exception is { } failure) return Failed<ZoneValue?[]>(failure);
        Took(clock.GetElapsedTime(began).TotalMilliseconds);
        Interlocked.Add(ref _reads, keys.Length);
        return Array.ConvertAll(outcome.Result!, value => ZoneValue.Open(value));
    }

    public void Hit() => Interlocked.Increment(ref _hits);

    /// <summary>Null where it could not be written.</summary>
    public async ValueTask<WriteOutcome?> Write(ZoneWrite write, CancellationToken cancellationToken)
    {
        var outcome = await server.Write(write, hybrid.UnixMilliseconds, cancellationToken);
        if (outcome.Exception is not null) return null;
        hybrid.Observe(outcome.Result.Known.Time);
        if (write.Kind == WriteKind.Repair)
        {
            Shadow.Note(outcome.Result.Outcome != WriteOutcome.Written);
            if (outcome.Result.Outcome == WriteOutcome.Written) Interlocked.Increment(ref _repaired);
        }

        return outcome.Result.Outcome;
    }

    public async ValueTask DisposeAsync()
    {
        Queue.Dispose();
        await server.DisposeAsync();
    }

    private T? Failed<T>(Exception failure) where T : class
    {
        Interlocked.Increment(ref _failed);
        if (failure is not BrokenCircuitException) Took(FailureMs);
        return null;
    }

    private void Took(double ms)
    {
        var average = Volatile.Read(ref _latencyMs);
        Volatile.Write(ref _latencyMs, average < 0 ? ms : average + Smoothing * (ms - average));
    }

    private static string StateText(ZoneState state) => state switch
    {
        ZoneState.Serving => "serving",
        ZoneState.Warming => "warming",
        ZoneState.CatchingUp => "catching-up",
        _ => "away",
    };

    private static string CircuitText(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "half-open",
        _ => "isolated",
    };

    [LoggerMessage(1, LogLevel.Information, "Cache zone {Zone} is {State} now, and was {Before}")]
    private static partial void Became(ILogger logger, string zone, string state, string before);
}

/// <summary>
/// Whether a zone that was empty has what is asked for: of the values that were read elsewhere and offered to it, how many it had already.
/// Enough is 95 of 100; where hardly anything is read, ten seconds.
/// </summary>
internal sealed class Warming
{
    private const int Window = 200;
    private const int Enough = 100;
    private const double Share = 0.95;
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private double _reads;
    private double _hits;
    private long _began;

    public double? Percent
    {
        get { lock (_lock) return _reads == 0 ? null : 100 * _hits / _reads; }
    }

    public void Begin(long now)
    {
        lock (_lock) (_reads, _hits, _began) = (0, 0, now);
    }

    public void Note(bool isHit)
    {
        lock (_lock)
        {
            if (++_reads >= Window) (_reads, _hits) = (_reads / 2, _hits / 2);
            if (isHit) _hits++;
        }
    }

    public bool IsDone(TimeProvider clock)
    {
        lock (_lock) return _reads >= Enough ? _hits >= Share * _reads : clock.GetElapsedTime(_began) >= _quiet;
    }
}
