using System.Diagnostics.Metrics;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Streaming.Platform.Observing;

namespace Streaming.Platform.Resilience;

/// <summary>
/// One dependency as one class of calls uses it: its circuit, its retry budget and its counts. Ask <see cref="Dependencies"/> for it
/// once and keep it.
/// </summary>
public sealed class Dependency
{
    private static readonly ResiliencePropertyKey<int> _retries = new("streaming.retries");

    private readonly Action<Dependency, CircuitState> _changed;
    private readonly LatencyWindow _latency = new();
    private PolicyPipeline _pipeline;

    internal Dependency(
        string policy, string destination, ResiliencePolicy settings, TimeProvider clock, Action<Dependency, CircuitState> changed, Predicate<Exception>? isFault = null)
    {
        (Policy, Destination, Clock, _changed, IsFault) = (policy, destination, clock, changed, isFault);
        _pipeline = new PolicyPipeline(settings, isIsolated: false, this);
    }

    /// <summary>The name of its policy.</summary>
    public string Policy { get; }

    /// <summary>What is called: a module, a database, a zone, an instance.</summary>
    public string Destination { get; }

    /// <summary>The policy in force.</summary>
    public ResiliencePolicy Settings => Volatile.Read(ref _pipeline).Settings;

    /// <summary>Its circuit; while the policy only watches, as it would be.</summary>
    public CircuitState State => Volatile.Read(ref _pipeline).State;

    /// <summary>What became of its calls.</summary>
    public CallCounts Counts { get; } = new();

    internal TimeProvider Clock { get; }

    internal Predicate<Exception>? IsFault { get; }

    internal RetryBudget Budget { get; } = new();

    /// <summary>How long its calls took, since the start; those that were not made are not among them.</summary>
    public LatencyHistogram Durations { get; } = new();

    /// <summary>The same for whoever collects metrics.</summary>
    internal Histogram<double>? Measured { get; init; }

    /// <summary>Calls under way.</summary>
    public int Active => Budget.Active;

    internal TimeSpan? Percentile(double percent) => _latency.Percentile(percent);

    /// <summary>Calls, and answers with what came of it: nothing is thrown, so that a refusal costs no more than a comparison.</summary>
    public ValueTask<Outcome<T>> Try<T, TState>(Func<TState, CancellationToken, ValueTask<T>> call, TState state, CancellationToken cancellationToken) =>
        Try(call, state, isQuestion: false, cancellationToken);

    /// <summary>The same; a question may be asked twice at once, where the policy hedges.</summary>
    internal async ValueTask<Outcome<T>> Try<T, TState>(
        Func<TState, CancellationToken, ValueTask<T>> call, TState state, bool isQuestion, CancellationToken cancellationToken)
    {
        var pipeline = Volatile.Read(ref _pipeline);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        if (isQuestion && pipeline.Settings.Hedge > 0) context.Properties.Set(Hedging.Question, Hedging.Question);
        var began = Clock.GetTimestamp();
        var retries = 0;
        Budget.Enter();
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
            Budget.Leave(retries > 0);
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
        if (settings != Settings) Volatile.Write(ref _pipeline, new PolicyPipeline(settings, State == CircuitState.Isolated, this));
    }

    internal bool MayRetry(ResilienceContext context)
    {
        var made = context.Properties.GetValue(_retries, 0);
        if (made == 0 && !Budget.TryTake()) return false;
        context.Properties.Set(_retries, made + 1);
        return true;
    }

    internal void Tell(CircuitState state) => _changed(this, state);

    private void Note<T>(Outcome<T> outcome, long began, int retries)
    {
        var took = Clock.GetElapsedTime(began);
        if (outcome.Exception is BrokenCircuitException) Counts.Refused();
        // What its caller gave up was not answered, and says nothing about how long that takes.
        else if (outcome.Exception is not OperationCanceledException)
        {
            _latency.Add(took);
            Durations.Add(took);
            if (Measured is { Enabled: true } measured) measured.Record(took.TotalSeconds, new("policy", Policy), new("destination", Destination));
            Counts.Called(outcome.Exception is TimeoutRejectedException, Failure.Is(outcome, IsFault), retries);
        }
    }
}

/// <summary>What became of the calls to a dependency since the start.</summary>
public sealed class CallCounts
{
    private long _succeeded;
    private long _failed;
    private long _timedOut;
    private long _refused;
    private long _retried;
    private long _fellBack;
    private long _hedged;
    private long _hedgesWon;

    /// <summary>Calls that were answered, also with a refusal that was the caller's own fault.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Calls that failed.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Calls that were not answered in time.</summary>
    public long TimedOut => Volatile.Read(ref _timedOut);

    /// <summary>Calls that were not made, because the circuit was open.</summary>
    public long WereRefused => Volatile.Read(ref _refused);

    /// <summary>Attempts after the first.</summary>
    public long Retried => Volatile.Read(ref _retried);

    /// <summary>Calls that a fallback answered.</summary>
    public long FellBack => Volatile.Read(ref _fellBack);

    /// <summary>Questions that were asked a second time while the first was being answered.</summary>
    public long Hedged => Volatile.Read(ref _hedged);

    /// <summary>Of them, those that the second was quicker for.</summary>
    public long HedgesWon => Volatile.Read(ref _hedgesWon);

    internal void Called(bool isTimeout, bool isFailure, int retries)
    {
        if (isTimeout) Interlocked.Increment(ref _timedOut);
        else if (isFailure) Interlocked.Increment(ref _failed);
        else Interlocked.Increment(ref _succeeded);
        if (retries > 0) Interlocked.Add(ref _retried, retries);
    }

    internal void Refused() => Interlocked.Increment(ref _refused);

    internal void Fallback() => Interlocked.Increment(ref _fellBack);

    internal void Hedge(bool hasWon)
    {
        Interlocked.Increment(ref _hedged);
        if (hasWon) Interlocked.Increment(ref _hedgesWon);
    }
}
