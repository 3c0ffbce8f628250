using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Streaming.Platform.Resilience;

/// <summary>
/// A policy as Polly runs it, from the outside in: time for all attempts, retries, the circuit, time for one attempt. Polly's own
/// telemetry is left out: it costs more than the rest together, and the counts are kept by <see cref="Dependency"/>.
/// </summary>
internal sealed class PolicyPipeline
{
    private readonly ConsecutiveBreaker _quiet;
    private readonly CircuitBreakerStateProvider _ratio = new();
    private readonly CircuitBreakerManualControl _manual;
    private readonly ResiliencePipeline _calls;
    private readonly ResiliencePipeline? _watched;

    public PolicyPipeline(
        ResiliencePolicy settings, bool isIsolated, Predicate<Exception>? isFault, TimeProvider clock, Func<ResilienceContext, bool> mayRetry, Action<CircuitState> changed)
    {
        Settings = settings;
        _manual = new CircuitBreakerManualControl(isIsolated);
        _quiet = new ConsecutiveBreaker(settings, isFault, clock, changed);
        var calls = new ResiliencePipelineBuilder { TimeProvider = clock };
        if (settings.TotalTimeoutMs is { } total) calls.AddTimeout(TimeSpan.FromMilliseconds(total));
        if (settings.Retries > 0) calls.AddRetry(Retry(settings, isFault, mayRetry));
        if (!settings.Monitor) Circuit(calls, isFault, changed);
        if (settings.TimeoutMs > 0) calls.AddTimeout(settings.Timeout);
        _calls = calls.Build();
        if (settings.Monitor) _watched = Circuit(new ResiliencePipelineBuilder { TimeProvider = clock }, isFault, changed).Build();
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

    private static RetryStrategyOptions Retry(ResiliencePolicy settings, Predicate<Exception>? isFault, Func<ResilienceContext, bool> mayRetry) => new()
    {
        MaxRetryAttempts = settings.Retries,
        Delay = TimeSpan.FromMilliseconds(settings.RetryDelayMs),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = attempt => new ValueTask<bool>(
            attempt.AttemptNumber < settings.Retries && attempt.Outcome.Exception is not BrokenCircuitException
            && Failure.Is(attempt.Outcome, isFault) && mayRetry(attempt.Context)),
    };

    private ResiliencePipelineBuilder Circuit(ResiliencePipelineBuilder builder, Predicate<Exception>? isFault, Action<CircuitState> changed)
    {
        // Outermost, so that what it refuses does not count as a failure by ratio.
        if (Settings.BreakerInARow > 0) builder.AddStrategy(_ => _quiet, new QuietOptions());
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = Settings.BreakerRatio,
            MinimumThroughput = Settings.BreakerCalls,
            SamplingDuration = TimeSpan.FromMilliseconds(Settings.BreakerWindowMs),
            BreakDuration = Settings.Sleep,
            StateProvider = _ratio,
            ManualControl = _manual,
            ShouldHandle = call => new ValueTask<bool>(Failure.Is(call.Outcome, isFault)),
            OnOpened = opened => Tell(changed, opened.IsManual ? CircuitState.Isolated : CircuitState.Open),
            OnClosed = _ => Tell(changed, CircuitState.Closed),
            OnHalfOpened = _ => Tell(changed, CircuitState.HalfOpen),
        });
        return builder;
    }

    private static ValueTask Tell(Action<CircuitState> changed, CircuitState state)
    {
        changed(state);
        return default;
    }

    private sealed class QuietOptions : ResilienceStrategyOptions;
}
