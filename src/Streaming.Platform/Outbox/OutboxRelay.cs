using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Data;
using Streaming.Platform.Modules;

namespace Streaming.Platform.Outbox;

/// <summary>
/// Carries events from every module's outbox to their handlers, oldest first, until each has been told. One that fails is tried
/// again later and does not hold up the others; one that fails too often is parked, until an operator sends it again.
/// </summary>
internal sealed partial class OutboxRelay(
    IServiceScopeFactory scopes,
    IEnumerable<ModuleData> modules,
    EventDelivery delivery,
    OutboxSignal signal,
    OutboxOptions options,
    OutboxTelemetry telemetry,
    TimeProvider clock,
    ILogger<OutboxRelay> log) : BackgroundService
{
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _keepInbox = TimeSpan.FromHours(48);
    private static readonly TimeSpan _keepOutbox = TimeSpan.FromDays(7);
    private static readonly TimeSpan _countEvery = TimeSpan.FromSeconds(15);
    private DateTimeOffset _swept;
    private DateTimeOffset _counted;

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
                await CountParked(stoppingToken);
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
            .Where(m => m.DeliveredAt == null && m.ParkedAt == null && (m.NotBefore == null || m.NotBefore <= now))
            .OrderBy(m => m.Id).Take(50).ToListAsync(ct);
        foreach (var message in waiting)
        {
            try
            {
                await delivery.DeliverToAll(message, ct);
                message.Delivered(clock.GetUtcNow());
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                // A database that does not answer, or a full disk, is no fault of the event, however long it lasts.
                message.Failed(Words(failure), blameless: StorageFault.Of(failure) is not null, clock.GetUtcNow(), options);
                if (message.ParkedAt is null) DeliveryFailed(log, failure, message.Type, message.Id, message.Attempts);
                else Parked(log, failure, message.Type, message.Id, message.Attempts);
            }

            await context.SaveChangesAsync(ct);
        }

        return waiting.Any(m => m.DeliveredAt is not null);
    }

    private static string Words(Exception failure) => failure is AggregateException several
        ? string.Join("; ", several.Flatten().InnerExceptions.Select(Words))
        : $"{failure.GetType().Name}: {failure.Message}";

    /// <summary>Asked of the tables, which other processes change as well, and not of what this one remembers.</summary>
    private async Task CountParked(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now - _counted < _countEvery) return;
        _counted = now;
        foreach (var module in modules)
        {
            await using var scope = scopes.CreateAsyncScope();
            var context = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Context);
            telemetry.Parked(module.Module, await context.OutboxMessages.CountAsync(m => m.ParkedAt != null, ct));
        }
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

    [LoggerMessage(3, LogLevel.Error, "Event {Type} {Id} was not taken by every handler in {Attempts} attempts and is parked; once the cause is mended, send it again: streaming events retry")]
    private static partial void Parked(ILogger logger, Exception failure, string type, Guid id, int attempts);

    [LoggerMessage(2, LogLevel.Error, "The outbox could not be read; trying again")]
    private static partial void PassFailed(ILogger logger, Exception failure);
}

internal static class OutboxRegistration
{
    public static void AddOutbox(this IServiceCollection services, EventCatalog catalog)
    {
        services.AddMetrics();
        services.AddSingleton(catalog);
        services.AddSingleton(provider => OutboxOptions.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<OutboxTelemetry>();
        services.AddSingleton(provider => new ParkedEvents(
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetServices<ModuleData>(), provider.GetRequiredService<OutboxSignal>()));
        services.AddSingleton<EventDelivery>();
        services.AddSingleton<OutboxRelay>();
        services.AddSingleton(provider => new OutboxBacklog(provider.GetRequiredService<IServiceScopeFactory>(), provider.GetServices<ModuleData>()));
        services.AddHostWork<OutboxRelay>();
        services.AddSingleton<OutboxFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxFollower>());
    }
}
