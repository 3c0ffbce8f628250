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
        var handle = (Func<Task>)(() => (Task)typeof(INotificationHandler<>).MakeGenericType(subscription.Event)
            .GetMethod(nameof(INotificationHandler<>.Handle))!.Invoke(handler, BindingFlags.DoNotWrapExceptions, null, [happened, ct], null)!);
        if (!subscription.HasData)
        {
            await handle();
            return;
        }

        var context = scope.ServiceProvider.GetRequiredKeyedService<ModuleDbContext>(subscription.Module);
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        var claim = new InboxEntry { MessageId = id, Handler = subscription.Name, At = clock.GetUtcNow(), BodyHash = "" };
        if (!await context.TryClaim(claim, ct)) return;
        await handle();
        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
