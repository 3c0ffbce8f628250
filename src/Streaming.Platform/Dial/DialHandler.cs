using System.Diagnostics;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Streaming.Kernel;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Readiness;
using Streaming.Platform.Resilience;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial;

/// <summary>
/// The caller's side of a contract, and the one thing that MediatR finds for it: decides where the call runs, bounds it in time, leaves
/// alone for a while what fails too often, counts it, and turns whatever goes wrong into a <see cref="Result{T}"/>.
/// </summary>
internal sealed class DialHandler<TRequest, T>(
    IServiceScopeFactory scopes,
    CallContext context,
    RequestDescriptor<TRequest> descriptor,
    RemoteCalls remote,
    DialGuard guard,
    ShadowCalls shadow,
    ContractPolicies policies,
    LastAnswers lastAnswers,
    CallFaults faults,
    DialTelemetry telemetry,
    TimeProvider clock,
    ILogger<DialTelemetry> log,
    IFallback<TRequest, T>? fallback = null) : IRequestHandler<TRequest, Result<T>>
    where TRequest : IRequest<Result<T>>
{
    /// <summary>A callee's deadline ends this much before its caller's, so that the caller can still answer.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(2);

    // There is a handler a call.
    private TracedCall? _call;

    public async Task<Result<T>> Handle(TRequest request, CancellationToken cancellationToken)
    {
        var contract = descriptor.Contract!;
        var dial = remote.DialOf(descriptor.Module);
        var way = remote.WayOf(descriptor, dial, context);
        var mode = way is not null ? DialMode.Remote : dial.Mode == DialMode.RoundTrip ? DialMode.RoundTrip : DialMode.InProcess;
        var start = clock.GetTimestamp();
        var budget = TimeSpan.FromMilliseconds(contract.DeadlineMs);
        if (context.Deadline is { } outer && clock.GetElapsedTime(start, outer) - _margin < budget)
            budget = clock.GetElapsedTime(start, outer) - _margin;
        if (budget <= TimeSpan.Zero) return Late();

        using var activity = telemetry.Start(descriptor.Name, mode);
        _call = context.Call?.Begin(descriptor, context);
        var deadline = start + (long)(budget.TotalSeconds * clock.TimestampFrequency);
        var dependency = policies.Of(descriptor);
        var outcome = await dependency.Try(
            static (call, ct) => call.handler.Attempt(call.request, call.mode, call.way, call.deadline, call.isImpatient, ct),
            (handler: this, request, mode, way, deadline, isImpatient: budget.TotalMilliseconds < contract.DeadlineMs),
            isQuestion: !descriptor.IsCommand,
            cancellationToken);

        var result = outcome.Exception switch
        {
            null => outcome.Result!,
            BrokenCircuitException => Error.Unavailable(Error.LeftAlone, $"{descriptor.Name} has failed too often and is left alone for a moment. Try again in a few seconds."),
            TimeoutRejectedException late => Error.Deadline(descriptor.Name, (int)late.Timeout.TotalMilliseconds),
            OperationCanceledException when cancellationToken.IsCancellationRequested => throw new OperationCanceledException(cancellationToken),
            // A timer counts whole milliseconds, and may be that much early.
            OperationCanceledException when clock.GetElapsedTime(clock.GetTimestamp(), deadline) < _tick => Late(),
            var failure => Failed(failure, activity),
        };

        _call?.End(request, result, way is not null);
        var took = clock.GetElapsedTime(start);
        telemetry.Record(descriptor, mode, result.Error, took);
        if (dial.Elsewhere > 0) guard.Note(dial, way, IsOurFault(result.Error), took, contract.SlowMs);
        else if (dial.Mode == DialMode.Shadow && way is null) shadow.Offer(dial, descriptor, request, context, result, took);
        context.Timing?.Add(descriptor.Module, took);
        if (LastAnswers.KeyOf(descriptor, request, context.Caller) is { } key) result = OrLast(result, key, dependency);
        if (!IsOurFault(result.Error)) return result;
        // This was the place next to the failure: whatever calls us does not repeat it.
        if (!result.Error!.IsSettled) result = result.Error with { IsSettled = true };
        return fallback is null ? result : await OrFallback(result, request, dependency, cancellationToken);
    }

    /// <summary>
    /// The answer, which is kept; or where there is none through no fault of the caller the last one. What the callee no longer shows is
    /// forgotten: it must not come back when the callee fails.
    /// </summary>
    private Result<T> OrLast(Result<T> result, object key, Dependency dependency)
    {
        if (result.TryGet(out var answer, out var error)) lastAnswers.Keep(key, answer);
        else if (!IsOurFault(error)) lastAnswers.Forget(key);
        else if (lastAnswers.TryFind<T>(key, TimeSpan.FromSeconds(descriptor.Contract!.StaleSeconds), out var last))
        {
            dependency.FellBack();
            context.Timing?.FellBack(descriptor.Module, Fallback.LastGood);
            return last!;
        }

        return result;
    }

    /// <summary>What stands in has as long as an answer would have had, within what is left to the caller.</summary>
    private async Task<Result<T>> OrFallback(Result<T> result, TRequest request, Dependency dependency, CancellationToken cancellationToken)
    {
        var budget = TimeSpan.FromMilliseconds(descriptor.Contract!.DeadlineMs);
        if (context.Deadline is { } outer && clock.GetElapsedTime(clock.GetTimestamp(), outer) is var left && left < budget) budget = left;
        if (budget <= _margin) return result;
        using var timeout = new CancellationTokenSource(budget - _margin, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            if (await fallback!.Answer(request, context.Caller, linked.Token) is not { } found) return result;
            dependency.FellBack();
            context.Timing?.FellBack(descriptor.Module, found.Name);
            return found.Answer;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            DialLog.FallbackFailed(log, failure, descriptor.Name);
            return result;
        }
    }

    private static bool IsOurFault(Error? error) => error?.Kind is ErrorKind.Unavailable or ErrorKind.Deadline;

    // No time is left for another attempt.
    private Result<T> Late() => Error.Deadline(descriptor.Name, descriptor.Contract!.DeadlineMs) with { IsSettled = true };

    private Result<T> Failed(Exception failure, Activity? activity)
    {
        DialLog.HandlerFailed(log, failure, descriptor.Name);
        activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
        return Error.Unavailable(Error.Internal, "Something went wrong here. It has been logged; try again, and tell an operator the trace id if it stays.");
    }

    private async ValueTask<Result<T>> Attempt(TRequest request, DialMode mode, Way? way, long deadline, bool isImpatient, CancellationToken cancellationToken)
    {
        var left = clock.GetElapsedTime(clock.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero) return isImpatient ? throw new OperationCanceledException() : Late();
        using var timeout = new CancellationTokenSource(left, clock);
        using var linked = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token)
            : null;
        var ct = linked?.Token ?? timeout.Token;
        try
        {
            var running = way is not null ? Elsewhere(way, request, deadline, ct) : mode == DialMode.RoundTrip ? RoundTrip(request, deadline, ct) : Run(request, deadline, ct);
            // A handler that ignores its token must not hold its caller; it ends in the background with a scope of its own.
            return running.IsCompleted ? await running : await running.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (!isImpatient && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It had all the time that the contract gives it, so this counts against it, and not against its caller's haste.
            return Late();
        }
    }

    private async Task<Result<T>> Run(TRequest request, long deadline, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var callee = scope.ServiceProvider.GetRequiredService<CallContext>();
        callee.CopyFrom(context, deadline);
        callee.Call = _call;
        var fault = faults.Current;
        if (fault is not null) await fault.Before(descriptor.Name, ct);
        var result = await scope.ServiceProvider.GetRequiredService<ILocalHandler<TRequest, T>>().Handle(request, ct);
        if (fault is not null) await fault.After(descriptor.Name, ct);
        return result;
    }

    /// <summary>
    /// Another process's answer; where it has none, or only that it cannot, this process's own: both work on the same tables, and an order
    /// whose outcome is not known is found in the inbox.
    /// </summary>
    private async Task<Result<T>> Elsewhere(Way way, TRequest request, long deadline, CancellationToken ct)
    {
        var answer = await remote.Ask<TRequest, T>(way, descriptor, request, context, clock.GetElapsedTime(clock.GetTimestamp(), deadline), ct);
        if (answer is not null && !IsOurFault(answer.Error)) return answer;
        way.Fault ??= answer!.Error!.Code;
        telemetry.NotAnswered(descriptor.Module, way.MayRescue);
        if (!way.MayRescue) return answer ?? Error.Unavailable("not-reached", $"{descriptor.Module} runs elsewhere alone, and does not answer there. Try again in a few seconds.");
        if (!remote.TryRescue()) return answer ?? Error.Unavailable(Error.Shed, $"{descriptor.Module} does not answer elsewhere, and here is no room for all of its calls at once. Try again in a few seconds.");
        try
        {
            return await Run(request, deadline, ct);
        }
        finally
        {
            remote.EndRescue();
        }
    }

    private async Task<Result<T>> RoundTrip(TRequest request, long deadline, CancellationToken ct)
    {
        var first = ContractJson.Copy(await Run(ContractJson.Copy(request), deadline, ct));
        // Queries may be asked twice, and orders carry an id: either way the second answer has to be as good as the first.
        var second = ContractJson.Copy(await Run(ContractJson.Copy(request), deadline, ct));
        if (descriptor.IsCommand && !first.IsError && !ContractJson.Same(first, second))
            throw new InvalidOperationException($"{descriptor.Name} answered differently when the same order came twice.");
        return descriptor.IsCommand ? first : second;
    }
}
