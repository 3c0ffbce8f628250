using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Data;

namespace Streaming.Platform.Outbox;

/// <summary>
/// Carries events from every module's outbox to their handlers, oldest first, until each has been told. One that fails is tried
/// again later and does not hold up the others.
/// </summary>
internal sealed partial class OutboxRelay(
    IServiceScopeFactory scopes,
    IEnumerable<ModuleData> modules,
    EventDelivery delivery,
    OutboxSignal signal,
    TimeProvider clock,
    ILogger<OutboxRelay> log) : BackgroundService
{
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _keepInbox = TimeSpan.FromHours(48);
    private static readonly TimeSpan _keepOutbox = TimeSpan.FromDays(7);
    private DateTimeOffset _swept;

    /// <summary>One pass over every outbox; answers whether anything was delivered.</summary>
    public async Task<bool> Pass(CancellationToken cancellationToken)
    {
        var any = false;
        foreach (var module in modules) any |= await Pass(module, cancellationToken);
        return any;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                signal.Reset();
                if (await Pass(stoppingToken)) continue;
                await Sweep(stoppingToken);
                await Task.WhenAny(signal.Next, Task.Delay(_idle, clock, stoppingToken));
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                PassFailed(log, failure);
                await Task.Delay(_idle, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> Pass(ModuleData module, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Context);
        var now = clock.GetUtcNow();
        var waiting = await context.OutboxMessages
            .Where(m => m.DeliveredAt == null && (m.NotBefore == null || m.NotBefore <= now))
            .OrderBy(m => m.Id).Take(50).ToListAsync(ct);
        foreach (var message in waiting)
        {
            try
            {
                await delivery.DeliverToAll(message, ct);
                message.DeliveredAt = clock.GetUtcNow();
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                message.Attempts++;
                message.NotBefore = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, message.Attempts)));
                DeliveryFailed(log, failure, message.Type, message.Id, message.Attempts);
            }

            await context.SaveChangesAsync(ct);
        }

        return waiting.Any(m => m.DeliveredAt is not null);
    }

    private async Task Sweep(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now - _swept < TimeSpan.FromHours(1)) return;
        _swept = now;
        foreach (var module in modules)
        {
            await using var scope = scopes.CreateAsyncScope();
            var context = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Context);
            var (inbox, outbox) = (now - _keepInbox, now - _keepOutbox);
            await context.InboxEntries.Where(e => e.At < inbox).ExecuteDeleteAsync(ct);
            await context.OutboxMessages.Where(m => m.DeliveredAt < outbox).ExecuteDeleteAsync(ct);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Event {Type} {Id} was not taken by every handler, attempt {Attempt}; it will be told again")]
    private static partial void DeliveryFailed(ILogger logger, Exception failure, string type, Guid id, int attempt);

    [LoggerMessage(2, LogLevel.Error, "The outbox could not be read; trying again")]
    private static partial void PassFailed(ILogger logger, Exception failure);
}

internal static class OutboxRegistration
{
    public static void AddOutbox(this IServiceCollection services, EventCatalog catalog)
    {
        services.AddSingleton(catalog);
        services.AddSingleton<EventDelivery>();
        services.AddSingleton<OutboxRelay>();
        services.AddSingleton(provider => new OutboxBacklog(provider.GetRequiredService<IServiceScopeFactory>(), provider.GetServices<ModuleData>()));
        services.AddHostedService(provider => provider.GetRequiredService<OutboxRelay>());
    }
}
