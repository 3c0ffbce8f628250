using Polly;
using Polly.CircuitBreaker;

namespace Streaming.Platform.Resilience;

/// <summary>
/// Opens after so many failures in a row. A ratio of 20 calls in 10 s never opens below two calls a second, so a quiet dependency
/// would be waited for for ever.
/// </summary>
internal sealed class ConsecutiveBreaker(ResiliencePolicy policy, Predicate<Exception>? isFault, TimeProvider clock, Action<CircuitState> changed) : ResilienceStrategy
{
    private readonly long _sleep = (long)(policy.Sleep.TotalSeconds * clock.TimestampFrequency);
    private long _openUntil;
    private long _firstFailure;
    private int _failures;
    private int _probing;

    public CircuitState State =>
        Volatile.Read(ref _openUntil) is not (> 0 and var until) ? CircuitState.Closed
        : clock.GetTimestamp() < until ? CircuitState.Open : CircuitState.HalfOpen;

    public void Close()
    {
        Volatile.Write(ref _failures, 0);
        if (Interlocked.Exchange(ref _openUntil, 0) != 0) changed(CircuitState.Closed);
    }

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        var isProbe = false;
        if (Volatile.Read(ref _openUntil) is > 0 and var until)
        {
            isProbe = clock.GetTimestamp() >= until && Interlocked.CompareExchange(ref _probing, 1, 0) == 0;
            if (!isProbe) return Outcome.FromException<TResult>(Refused.Exception);
        }

        try
        {
            var outcome = await callback(context, state);
            if (Failure.Is(outcome, isFault)) Failed(isProbe);
            else if (outcome.Exception is null && Volatile.Read(ref _failures) > 0) Close();
            return outcome;
        }
        finally
        {
            if (isProbe) Volatile.Write(ref _probing, 0);
        }
    }

    private void Failed(bool isProbe)
    {
        var now = clock.GetTimestamp();
        var failures = Interlocked.Increment(ref _failures);
        if (failures == 1) Volatile.Write(ref _firstFailure, now);
        if (isProbe) Volatile.Write(ref _openUntil, now + _sleep);
        // Calls that were under way when it opened neither open it anew nor make it sleep longer.
        else if (failures < policy.BreakerInARow || !IsQuiet(failures, now) || Interlocked.CompareExchange(ref _openUntil, now + _sleep, 0) != 0) return;
        changed(CircuitState.Open);
    }

    private bool IsQuiet(int failures, long now) =>
        policy.BreakerQuietBelow <= 0
        || (failures - 1) / Math.Max(0.001, clock.GetElapsedTime(Volatile.Read(ref _firstFailure), now).TotalSeconds) < policy.BreakerQuietBelow;
}

/// <summary>The one exception of an open circuit: it is never thrown on the way to a fallback, so it needs no stack of its own.</summary>
internal static class Refused
{
    public static BrokenCircuitException Exception { get; } = new("The circuit is open: the dependency has failed too often, and is left alone for a while.");
}
