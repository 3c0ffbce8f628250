using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Streaming.Platform.Resilience;

/// <summary>
/// One dependency as one class of calls uses it: its circuit, its retry budget and its counts. Ask <see cref="Dependencies"/> for it
/// once and keep it.
/// </summary>
public sealed class Dependency
{
    private static readonly ResiliencePropertyKey<int> _retries = new("streaming.retries");

    private readonly TimeProvider _clock;
    private readonly Action<Dependency, CircuitState> _changed;
    private readonly Predicate<Exception>? _isFault;
    private readonly RetryBudget _budget = new();
    private readonly LatencyWindow _latency = new();
    private PolicyPipeline _pipeline;

    internal Dependency(
        string policy, string destination, ResiliencePolicy settings, TimeProvider clock, Action<Dependency, CircuitState> changed, Predicate<Exception>? isFault = null)
    {
        (Policy, Destination, _clock, _changed, _isFault) = (policy, destination, clock, changed, isFault);
        _pipeline = Build(settings, isIsolated: false);
    }

    /// <summary>The name of its policy.</summary>
    public string Policy { get; }

    /// <summary>What is called: a module, a database, a zone, an instance.</summary>
    public string Destination { get; }

    /// <summary>The policy in force.</summary>
    public ResiliencePolicy Settings => Volatile.Read(ref _pipeline).Settings;

    /// <summary>Its circuit; while the policy only watches, as it would be.</summary>
    public CircuitState State => Volatile.Read(ref _pipeline).State;

    internal CallCounts Counts { get; } = new();

    internal int Active => _budget.Active;

    internal TimeSpan? Percentile(double percent) => _latency.Percentile(percent);

    /// <summary>Calls, and answers with what came of it: nothing is thrown, so that a refusal costs no more than a comparison.</summary>
    public async ValueTask<Outcome<T>> Try<T, TState>(Func<TState, CancellationToken, ValueTask<T>> call, TState state, CancellationToken cancellationToken)
    {
        var pipeline = Volatile.Read(ref _pipeline);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        var began = _clock.GetTimestamp();
        var retries = 0;
        _budget.Enter();
        try
        {
            var outcome = await pipeline.Execute(
                static async (context, call) =>
                {
                    try
                    {
                        var running = call.call(call.state, context.CancellationToken);
                        if (running.IsCompleted || !call.leavesBehind) return Outcome.FromResult(await running);
                        // What ignores its token must not hold whoever called.
                        return Outcome.FromResult(await running.AsTask().WaitAsync(context.CancellationToken));
                    }
                    catch (Exception failure)
                    {
                        return Outcome.FromException<T>(failure);
                    }
                },
                context,
                (call, state, leavesBehind: pipeline.Settings.LeavesBehind));
            retries = context.Properties.GetValue(_retries, 0);
            Note(outcome, began, retries);
            return outcome;
        }
        finally
        {
            _budget.Leave(retries);
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Calls, and throws what went wrong.</summary>
    /// <exception cref="BrokenCircuitException">It was not called, because it has failed too often.</exception>
    /// <exception cref="TimeoutRejectedException">It did not answer in time.</exception>
    public async ValueTask<T> Call<T, TState>(Func<TState, CancellationToken, ValueTask<T>> call, TState state, CancellationToken cancellationToken)
    {
        var outcome = await Try(call, state, cancellationToken);
        if (ReferenceEquals(outcome.Exception, Refused.Exception)) throw new BrokenCircuitException(Refused.Exception.Message);
        outcome.ThrowIfException();
        return outcome.Result!;
    }

    /// <summary>Calls, and answers with the fallback where that fails or is refused. The caller's own cancellation is not a failure.</summary>
    public async ValueTask<T> CallOr<T, TState>(
        Func<TState, CancellationToken, ValueTask<T>> call, Func<TState, CancellationToken, ValueTask<T>> fallback, TState state, CancellationToken cancellationToken)
    {
        var outcome = await Try(call, state, cancellationToken);
        if (!Failure.Is(outcome, _isFault) && outcome.Exception is null) return outcome.Result!;
        cancellationToken.ThrowIfCancellationRequested();
        FellBack();
        return await fallback(state, cancellationToken);
    }

    /// <summary>Counts a call that was answered by a fallback of the caller's own.</summary>
    public void FellBack() => Counts.Fallback();

    /// <summary>How it fares now.</summary>
    public DependencyReport Report() => DependencyReport.Of(this);

    /// <summary>Refuses every call until <see cref="Close"/>: an operator's decision.</summary>
    public Task Isolate() => Volatile.Read(ref _pipeline).Isolate();

    /// <summary>Lets calls through again.</summary>
    public Task Close() => Volatile.Read(ref _pipeline).Close();

    internal void Use(ResiliencePolicy settings)
    {
        // Its circuit starts anew, but what an operator has isolated stays so.
        if (settings != Settings) Volatile.Write(ref _pipeline, Build(settings, State == CircuitState.Isolated));
    }

    internal bool MayRetry(ResilienceContext context)
    {
        if (!_budget.TryTake()) return false;
        context.Properties.Set(_retries, context.Properties.GetValue(_retries, 0) + 1);
        return true;
    }

    private PolicyPipeline Build(ResiliencePolicy settings, bool isIsolated) => new(settings, isIsolated, _isFault, _clock, MayRetry, state => _changed(this, state));

    private void Note<T>(Outcome<T> outcome, long began, int retries)
    {
        var took = _clock.GetElapsedTime(began);
        if (outcome.Exception is BrokenCircuitException) Counts.Refused();
        // What its caller gave up was not answered, and says nothing about how long that takes.
        else if (outcome.Exception is not OperationCanceledException)
        {
            _latency.Add(took);
            Counts.Called(outcome.Exception is TimeoutRejectedException, Failure.Is(outcome, _isFault), retries);
        }
    }
}

/// <summary>What became of the calls to a dependency since the start.</summary>
internal sealed class CallCounts
{
    private long _succeeded;
    private long _failed;
    private long _timedOut;
    private long _refused;
    private long _retried;
    private long _fellBack;

    public long Succeeded => Volatile.Read(ref _succeeded);

    public long Failed => Volatile.Read(ref _failed);

    public long TimedOut => Volatile.Read(ref _timedOut);

    public long WereRefused => Volatile.Read(ref _refused);

    public long Retried => Volatile.Read(ref _retried);

    public long FellBack => Volatile.Read(ref _fellBack);

    public void Called(bool isTimeout, bool isFailure, int retries)
    {
        if (isTimeout) Interlocked.Increment(ref _timedOut);
        else if (isFailure) Interlocked.Increment(ref _failed);
        else Interlocked.Increment(ref _succeeded);
        if (retries > 0) Interlocked.Add(ref _retried, retries);
    }

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Fallback() => Interlocked.Increment(ref _fellBack);
}
