using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Streaming.Platform.Resilience;

/// <summary>
/// A policy as Polly runs it, from the outside in: time for all attempts, retries, a second attempt beside a slow one, the circuit, time
/// for one attempt; innermost is the call, which is where faults are put in (<see cref="Dial.CallFaults"/>). Polly's own
/// telemetry is left out: it costs more than the rest together, and the counts are kept by <see cref="Dependency"/>.
/// </summary>
internal sealed class PolicyPipeline
{
    /// <summary>Carried by the one call that a half-open circuit lets through.</summary>
    private static readonly ResiliencePropertyKey<object> _probe = new("streaming.probe");

    private static readonly object _givenUp = new();

    private readonly Dependency _dependency;
    private readonly ConsecutiveBreaker _quiet;
    private readonly CircuitBreakerStateProvider _ratio = new();
    private readonly CircuitBreakerManualControl _manual;
    private readonly ResiliencePipeline _calls;
    private readonly ResiliencePipeline? _watched;

    public PolicyPipeline(ResiliencePolicy settings, bool isIsolated, Dependency dependency)
    {
        (Settings, _dependency) = (settings, dependency);
        _manual = new CircuitBreakerManualControl(isIsolated);
        _quiet = new ConsecutiveBreaker(settings, dependency.IsFault, dependency.Clock, dependency.Tell);
        var calls = new ResiliencePipelineBuilder { TimeProvider = dependency.Clock };
        if (settings.TotalTimeoutMs is { } total) calls.AddTimeout(TimeSpan.FromMilliseconds(total));
        if (settings.Retries > 0) calls.AddRetry(Retry());
        if (settings.Hedge > 0) calls.AddStrategy(_ => new Hedging(settings.Hedge, dependency), new Plain());
        if (!settings.Monitor) Circuit(calls);
        if (settings.TimeoutMs > 0) calls.AddTimeout(settings.Timeout);
        _calls = calls.Build();
        if (settings.Monitor) _watched = Circuit(new ResiliencePipelineBuilder { TimeProvider = dependency.Clock }).Build();
    }

    public ResiliencePolicy Settings { get; }

    public CircuitState State => _ratio.CircuitState != CircuitState.Closed ? _ratio.CircuitState : _quiet.State;

    public ValueTask<Outcome<TResult>> Execute<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> call, ResilienceContext context, TState state) =>
        _watched is null ? _calls.ExecuteOutcomeAsync(call, context, state) : Watch(call, context, state);

    public Task Isolate() => _manual.IsolateAsync();

    public Task Close()
    {
        _quiet.Close();
        return _manual.CloseAsync();
    }

    /// <summary>What has happened already is shown to a circuit beside it.</summary>
    private async ValueTask<Outcome<TResult>> Watch<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> call, ResilienceContext context, TState state)
    {
        var outcome = await _calls.ExecuteOutcomeAsync(call, context, state);
        await _watched!.ExecuteOutcomeAsync(static (_, seen) => ValueTask.FromResult(seen), context, outcome);
        return outcome;
    }

    private RetryStrategyOptions Retry() => new()
    {
        MaxRetryAttempts = Settings.Retries,
        Delay = TimeSpan.FromMilliseconds(Settings.RetryDelayMs),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = attempt => new ValueTask<bool>(
            attempt.AttemptNumber < Settings.Retries && attempt.Outcome.Exception is not BrokenCircuitException
            && Failure.MayBeRepeated(attempt.Outcome, _dependency.IsFault) && _dependency.MayRetry(attempt.Context)),
    };

    private ResiliencePipelineBuilder Circuit(ResiliencePipelineBuilder builder)
    {
        // Outermost, so that what it refuses does not count as a failure by ratio.
        if (Settings.BreakerInARow > 0) builder.AddStrategy(_ => _quiet, new Plain());
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = Settings.BreakerRatio,
            MinimumThroughput = Settings.BreakerCalls,
            SamplingDuration = TimeSpan.FromMilliseconds(Settings.BreakerWindowMs),
            // After a probe that was given up nothing is known, so the next call may be one at once.
            BreakDurationGenerator = opening => new ValueTask<TimeSpan>(IsGivenUp(opening.Context) ? TimeSpan.Zero : Settings.Sleep),
            StateProvider = _ratio,
            ManualControl = _manual,
            ShouldHandle = call => new ValueTask<bool>(Failure.Is(call.Outcome, _dependency.IsFault) || GivesUpProbe(call)),
            OnOpened = opened => opened.BreakDuration == TimeSpan.Zero ? default : Tell(opened.IsManual ? CircuitState.Isolated : CircuitState.Open),
            OnClosed = _ => Tell(CircuitState.Closed),
            OnHalfOpened = half =>
            {
                half.Context.Properties.Set(_probe, "under way");
                return Tell(CircuitState.HalfOpen);
            },
        });
        return builder;
    }

    // Polly closes a half-open circuit by whatever is no failure, and a caller's impatience is none; but it is no proof of health either.
    private static bool GivesUpProbe(CircuitBreakerPredicateArguments<object> call)
    {
        if (call.Outcome.Exception is not OperationCanceledException || !call.Context.Properties.TryGetValue(_probe, out _)) return false;
        call.Context.Properties.Set(_probe, _givenUp);
        return true;
    }

    private static bool IsGivenUp(ResilienceContext context) => context.Properties.TryGetValue(_probe, out var probe) && ReferenceEquals(probe, _givenUp);

    private ValueTask Tell(CircuitState state)
    {
        _dependency.Tell(state);
        return default;
    }

    private sealed class Plain : ResilienceStrategyOptions;
}
