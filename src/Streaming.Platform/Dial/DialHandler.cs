using System.Diagnostics;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Streaming.Kernel;
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
    DialSettings dial,
    ContractPolicies policies,
    LastAnswers lastAnswers,
    DialTelemetry telemetry,
    TimeProvider clock,
    ILogger<DialTelemetry> log) : IRequestHandler<TRequest, Result<T>>
    where TRequest : IRequest<Result<T>>
{
    /// <summary>A callee's deadline ends this much before its caller's, so that the caller can still answer.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(2);

    public async Task<Result<T>> Handle(TRequest request, CancellationToken cancellationToken)
    {
        var contract = descriptor.Contract!;
        var mode = dial.ModeOf(descriptor.Module);
        var start = clock.GetTimestamp();
        var budget = TimeSpan.FromMilliseconds(contract.DeadlineMs);
        if (context.Deadline is { } outer && clock.GetElapsedTime(start, outer) - _margin < budget)
            budget = clock.GetElapsedTime(start, outer) - _margin;
        if (budget <= TimeSpan.Zero) return Late();

        using var activity = telemetry.Start(descriptor.Name, mode);
        var deadline = start + (long)(budget.TotalSeconds * clock.TimestampFrequency);
        var dependency = policies.Of(descriptor);
        var outcome = await dependency.Try(
            static (call, ct) => call.handler.Attempt(call.request, call.mode, call.deadline, call.isImpatient, ct),
            (handler: this, request, mode, deadline, isImpatient: budget.TotalMilliseconds < contract.DeadlineMs),
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

        var took = clock.GetElapsedTime(start);
        telemetry.Record(descriptor, mode, result.Error, took);
        context.Timing?.Add(descriptor.Module, took);
        return LastAnswers.KeyOf(descriptor, request, context.Caller) is { } key ? OrLast(result, key, dependency) : result;
    }

    /// <summary>
    /// The answer, which is kept; or where there is none through no fault of the caller the last one. What the callee no longer shows is
    /// forgotten: it must not come back when the callee fails.
    /// </summary>
    private Result<T> OrLast(Result<T> result, object key, Dependency dependency)
    {
        if (result.TryGet(out var answer, out var error)) lastAnswers.Keep(key, answer);
        else if (error.Kind is not (ErrorKind.Unavailable or ErrorKind.Deadline)) lastAnswers.Forget(key);
        else if (lastAnswers.TryFind<T>(key, TimeSpan.FromSeconds(descriptor.Contract!.StaleSeconds), out var last))
        {
            dependency.FellBack();
            context.Timing?.Stale(descriptor.Module);
            return last!;
        }

        return result;
    }

    private Result<T> Late() => Error.Deadline(descriptor.Name, descriptor.Contract!.DeadlineMs);

    private Result<T> Failed(Exception failure, Activity? activity)
    {
        DialLog.HandlerFailed(log, failure, descriptor.Name);
        activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
        return Error.Unavailable(Error.Internal, "Something went wrong here. It has been logged; try again, and tell an operator the trace id if it stays.");
    }

    private async ValueTask<Result<T>> Attempt(TRequest request, DialMode mode, long deadline, bool isImpatient, CancellationToken cancellationToken)
    {
        var left = clock.GetElapsedTime(clock.GetTimestamp(), deadline);
        using var timeout = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        using var linked = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token)
            : null;
        var ct = linked?.Token ?? timeout.Token;
        try
        {
            var running = mode == DialMode.RoundTrip ? RoundTrip(request, deadline, ct) : Run(request, deadline, ct);
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
        scope.ServiceProvider.GetRequiredService<CallContext>().CopyFrom(context, deadline);
        return await scope.ServiceProvider.GetRequiredService<ILocalHandler<TRequest, T>>().Handle(request, ct);
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
