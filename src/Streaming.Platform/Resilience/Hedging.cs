using Polly;

namespace Streaming.Platform.Resilience;

/// <summary>
/// A question that has not been answered in the time that is usual is asked once more beside the first attempt; the first good answer
/// wins, and the other attempt is cancelled (Dean and Barroso, The Tail at Scale, CACM 2013). Each attempt passes the circuit and has an
/// attempt's time of its own. Polly's own strategy wants pipelines that are typed by their answer, and one circuit serves many types.
/// </summary>
internal sealed class Hedging(double percentile, Dependency dependency) : ResilienceStrategy
{
    /// <summary>Carried by calls that may be asked twice at once.</summary>
    public static readonly ResiliencePropertyKey<object> Question = new("streaming.question");

    /// <summary>A percentile means sorting the window, so not every call looks anew.</summary>
    private const int LookEvery = 32;

    /// <summary>Below this a second attempt costs more than it saves, and timers are no finer.</summary>
    private static readonly long _leastTicks = TimeSpan.FromMilliseconds(5).Ticks;

    private int _calls;
    private long _usualTicks;

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state) =>
        context.Properties.TryGetValue(Question, out _) && Usual() is > 0 and var usual
            ? Ask(callback, context, state, TimeSpan.FromTicks(usual))
            : callback(context, state);

    /// <summary>0 while too little is known.</summary>
    private long Usual()
    {
        if ((uint)Interlocked.Increment(ref _calls) % LookEvery == 1)
            Volatile.Write(ref _usualTicks, dependency.Percentile(percentile) is { } usual ? Math.Max(usual.Ticks, _leastTicks) : 0);
        return Volatile.Read(ref _usualTicks);
    }

    private async ValueTask<Outcome<TResult>> Ask<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state, TimeSpan usual)
    {
        using var stopFirst = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var asked = Attempt(callback, context.ContinueOnCapturedContext, state, stopFirst.Token);
        if (asked.IsCompleted) return await asked;
        var first = asked.AsTask();
        await ((Task)first.WaitAsync(usual, dependency.Clock)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first.IsCompleted || context.CancellationToken.IsCancellationRequested || !dependency.Budget.TryTake()) return await first;
        try
        {
            using var stopSecond = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            // On another thread: a handler that blocks before its first wait must not keep the first answer from its caller.
            var second = Task.Run(() => Attempt(callback, context.ContinueOnCapturedContext, state, stopSecond.Token).AsTask(), CancellationToken.None);
            var isSecond = await Task.WhenAny(first, second) == second;
            if (!IsGood(await (isSecond ? second : first))) isSecond = IsGood(await (isSecond ? first : second)) ? !isSecond : false;
            dependency.Counts.Hedge(isSecond);
            // Whoever is cancelled ends at once, also where its work ignores that, so that nothing of this call outlives it.
            await (isSecond ? stopFirst : stopSecond).CancelAsync();
            await Task.WhenAll(first, second);
            return await (isSecond ? second : first);
        }
        finally
        {
            dependency.Budget.GiveBack();
        }
    }

    private bool IsGood<TResult>(Outcome<TResult> outcome) => outcome.Exception is null && !Failure.Is(outcome, dependency.IsFault);

    // The token of a context cannot be exchanged, so each attempt has a context of its own.
    private static async ValueTask<Outcome<TResult>> Attempt<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, bool continueOnCapturedContext, TState state, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext, cancellationToken);
        try
        {
            return await callback(context, state);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
