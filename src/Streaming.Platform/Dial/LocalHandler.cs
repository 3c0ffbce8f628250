using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Consistency;
using Streaming.Platform.Data;
using Streaming.Platform.Data.Moving;
using Streaming.Platform.Outbox;

namespace Streaming.Platform.Dial;

/// <summary>The callee's side of a contract, ready to be run in a scope of its own.</summary>
internal interface ILocalHandler<in TRequest, T>
{
    Task<Result<T>> Handle(TRequest request, CancellationToken cancellationToken);

    /// <summary>What is found wrong before anything is carried out; null where nothing is.</summary>
    Error? Check(TRequest request);
}

/// <summary>
/// The callee's side of any request, once: may the caller, is the request right, has this order been carried out before; then the
/// module's own handler, for an order inside the transaction that also keeps the answer.
/// </summary>
internal sealed class LocalHandler<TRequest, T, THandler>(
    THandler handler,
    CallContext context,
    RequestDescriptor<TRequest> descriptor,
    IEnumerable<IValidator<TRequest>> validators,
    RequestRoutes routes,
    IServiceProvider services) : ILocalHandler<TRequest, T>, IRequestHandler<TRequest, Result<T>>
    where TRequest : IRequest<Result<T>>
    where THandler : IRequestHandler<TRequest, Result<T>>
{
    private const int MostTried = 30;
    private static readonly TimeSpan _moving = TimeSpan.FromMilliseconds(100);

    public async Task<Result<T>> Handle(TRequest request, CancellationToken cancellationToken)
    {
        var result = await Once(request, cancellationToken);
        for (var tried = 1; tried < MostTried && result.Error?.Code == StorageFault.Moving; tried++) result = await WhereTheRowsAreNow(request, cancellationToken);
        return result;
    }

    public Error? Check(TRequest request) => Refusal() ?? Mistakes(request);

    /// <summary>Its module's rows were moved while this was under way, and nothing of it was kept: once more, from the beginning.</summary>
    private async Task<Result<T>> WhereTheRowsAreNow(TRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(_moving, services.GetRequiredService<TimeProvider>(), cancellationToken);
        if (services.GetService<DataMoveFollower>() is { } homes) await homes.Look(cancellationToken);
        await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().CopyFrom(context, context.Deadline);
        return await ((LocalHandler<TRequest, T, THandler>)scope.ServiceProvider.GetRequiredService<ILocalHandler<TRequest, T>>()).Once(request, cancellationToken);
    }

    private async Task<Result<T>> Once(TRequest request, CancellationToken cancellationToken)
    {
        if (Check(request) is { } error) return error;

        try
        {
            return await (routes.For(descriptor, context, services) is { } route ? Along(route, request, cancellationToken) : Run(request, cancellationToken));
        }
        catch (DbUpdateConcurrencyException)
        {
            return Error.Conflict("concurrent-change", "Somebody changed it at the same moment. Read it again and repeat the change.");
        }
        catch (Exception failure) when (StorageFault.Of(failure) is { } fault)
        {
            return fault;
        }
    }

    private async Task<Result<T>> Along(RequestRoute route, TRequest request, CancellationToken cancellationToken)
    {
        Result<T>? result = null;
        Error? doubt;
        try
        {
            if (await route.Begin(cancellationToken) is { } copy) result = await OnCopy(route, copy, request, cancellationToken);
            result ??= await Run(request, cancellationToken);
        }
        finally
        {
            doubt = await route.End(result is { IsError: false }, cancellationToken);
        }

        return doubt ?? result;
    }

    /// <summary>Null where the copy could not answer, for whatever reason of its own.</summary>
    private async Task<Result<T>?> OnCopy(RequestRoute route, ClusterServer copy, TRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await route.On(copy, scope => scope.GetRequiredService<THandler>().Handle(request, CancellationToken.None), services, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && (failure is TimeoutException || StorageFault.Of(failure) is not null))
        {
            route.ReadAgain();
            return null;
        }
    }

    private Task<Result<T>> Run(TRequest request, CancellationToken cancellationToken) =>
        descriptor.IsCommand ? Order(request, cancellationToken) : Read(request, cancellationToken);

    private async Task<Result<T>> Order(TRequest request, CancellationToken cancellationToken)
    {
        var inbox = new CommandInbox<T>(services.GetRequiredKeyedService<ModuleDbContext>(descriptor.Module), context.Caller);
        var id = ((ICommand<T>)request).CommandId;
        if (handler is IAsksFirst<TRequest> curious && !await inbox.Knows(id, descriptor.Name, cancellationToken)
            && await curious.Ask(request, cancellationToken) is { } refused) return refused;
        return await inbox.Once(id, descriptor.Name, request, () => InTransaction(request, cancellationToken), cancellationToken);
    }

    private async Task<Result<T>> InTransaction(TRequest request, CancellationToken cancellationToken)
    {
        context.HoldsTransaction = true;
        try
        {
            return await handler.Handle(request, cancellationToken);
        }
        finally
        {
            context.HoldsTransaction = false;
        }
    }

    /// <summary>A read that has lost its connection is made once more: after a failover the next connection leads to the new primary.</summary>
    private async Task<Result<T>> Read(TRequest request, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<DataHomes>().IsBrief && services.GetKeyedService<ModuleDbContext>(descriptor.Module) is { } database) database.IsReading = true;
        try
        {
            return await handler.Handle(request, cancellationToken);
        }
        catch (Exception failure) when (descriptor.IsRepeatable && StorageFault.IsLost(failure) && !cancellationToken.IsCancellationRequested)
        {
            return await handler.Handle(request, cancellationToken);
        }
    }

    private Error? Refusal()
    {
        if (descriptor.Requires is not { } requires) return null;
        if (!context.Caller.IsKnown) return Error.Unauthenticated();
        return requires.Roles.Count == 0 || requires.Roles.Any(context.Caller.IsIn)
            ? null
            : Error.Forbidden("role-required", $"This needs the role {string.Join(" or ", requires.Roles)}. Ask an operator for it.");
    }

    private Error? Mistakes(TRequest request)
    {
        Dictionary<string, string[]>? fields = null;
        foreach (var validator in validators)
        {
            var result = validator.Validate(request);
            if (result.IsValid) continue;
            fields ??= [];
            foreach (var field in result.Errors.GroupBy(e => FieldName(e.PropertyName)))
                fields[field.Key] = [.. field.Select(e => e.ErrorMessage)];
        }

        return fields is null ? null : Error.Invalid(fields);
    }

    private static string FieldName(string property) =>
        string.Join('.', property.Split('.').Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName));
}
