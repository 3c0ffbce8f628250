using System.Diagnostics;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Kernel;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial;

/// <summary>
/// The caller's side of a contract, and the one thing that MediatR finds for it: decides where the call runs, bounds it in time,
/// counts it, and turns whatever goes wrong into a <see cref="Result{T}"/>.
/// </summary>
internal sealed class DialHandler<TRequest, T>(
    IServiceScopeFactory scopes,
    CallContext context,
    RequestDescriptor<TRequest> descriptor,
    DialSettings dial,
    DialTelemetry telemetry,
    TimeProvider clock,
    ILogger<DialTelemetry> log) : IRequestHandler<TRequest, Result<T>>
    where TRequest : IRequest<Result<T>>
{
    /// <summary>A callee's deadline ends this much before its caller's, so that the caller can still answer.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromMilliseconds(10);

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
        using var timeout = new CancellationTokenSource(budget, clock);
        using var linked = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token)
            : null;
        var ct = linked?.Token ?? timeout.Token;

        Result<T> result;
        try
        {
            var deadline = start + (long)(budget.TotalSeconds * clock.TimestampFrequency);
            var running = mode == DialMode.RoundTrip ? RoundTrip(request, deadline, ct) : Run(request, deadline, ct);
            // A handler that ignores its token must not hold its caller; it ends in the background with a scope of its own.
            result = running.IsCompleted ? await running : await running.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            result = Late();
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            DialLog.HandlerFailed(log, failure, descriptor.Name);
            activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            result = Error.Unavailable(Error.Internal, "Something went wrong here. It has been logged; try again, and tell an operator the trace id if it stays.");
        }

        var took = clock.GetElapsedTime(start);
        telemetry.Record(descriptor, mode, result.Error, took);
        context.Timing?.Add(descriptor.Module, took);
        return result;

        Result<T> Late() => Error.Deadline(descriptor.Name, contract.DeadlineMs);
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
