using System.Reflection;
using System.Text.Json;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Outbox;

/// <summary>Tells one event to one handler, once: the handler's changes and the note that it has seen the event are one transaction.</summary>
internal sealed class EventDelivery(IServiceScopeFactory scopes, EventCatalog catalog, TimeProvider clock)
{
    public async Task DeliverToAll(OutboxMessage message, CancellationToken cancellationToken)
    {
        if (catalog.Find(message.Type) is not { } type) return; // nobody here waits for it
        var happened = JsonSerializer.Deserialize(message.Body, type, ContractJson.Options)!;

        var failures = new List<Exception>();
        foreach (var subscription in catalog.To(type))
        {
            try
            {
                await Deliver(message.Id, happened, subscription, cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // One that fails does not keep the event from the others; those that have taken it are not told again.
                failures.Add(failure);
            }
        }

        if (failures.Count > 0) throw new AggregateException(failures);
    }

    private async Task Deliver(Guid id, object happened, EventSubscription subscription, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        var handler = scope.ServiceProvider.GetRequiredService(subscription.Handler);
        await Handle(id, handler, happened, subscription, scope.ServiceProvider, ct);
        var afterwards = typeof(IAfterCommit<>).MakeGenericType(subscription.Event);
        if (afterwards.IsInstanceOfType(handler)) await Call(handler, afterwards, nameof(IAfterCommit<>.Committed), happened, ct);
    }

    private async Task Handle(Guid id, object handler, object happened, EventSubscription subscription, IServiceProvider services, CancellationToken ct)
    {
        var handles = typeof(INotificationHandler<>).MakeGenericType(subscription.Event);
        if (!subscription.HasData)
        {
            await Call(handler, handles, nameof(INotificationHandler<>.Handle), happened, ct);
            return;
        }

        var context = services.GetRequiredKeyedService<ModuleDbContext>(subscription.Module);
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        var claim = new InboxEntry { MessageId = id, Handler = subscription.Name, At = clock.GetUtcNow(), BodyHash = "" };
        if (!await context.TryClaim(claim, ct)) return;
        await Call(handler, handles, nameof(INotificationHandler<>.Handle), happened, ct);
        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static Task Call(object handler, Type served, string method, object happened, CancellationToken ct) =>
        (Task)served.GetMethod(method)!.Invoke(handler, BindingFlags.DoNotWrapExceptions, null, [happened, ct], null)!;
}
