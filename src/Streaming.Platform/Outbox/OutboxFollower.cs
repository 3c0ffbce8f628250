using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Data;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Outbox;

/// <summary>
/// Twice a second tells the listeners of this process what has been committed to the outboxes, by whichever process. With zones the cache's
/// own messages do that, and a SQLite database belongs to one process.
/// </summary>
internal sealed partial class OutboxFollower(
    IServiceScopeFactory scopes, IEnumerable<IEventListener> listeners, EventCatalog catalog, IZoneCache cache, DataOptions data, TimeProvider clock,
    ILogger<OutboxFollower> log) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);

    // Clocks of hosts differ, and a transaction is seen later than its events say.
    private static readonly TimeSpan _back = TimeSpan.FromSeconds(30);

    private readonly ILookup<string, IEventListener> _listeners = listeners.ToLookup(l => l.Module, StringComparer.Ordinal);
    private HashSet<Guid> _seen = [];
    private DateTimeOffset _reached = clock.GetUtcNow();

    /// <summary>Tells what is new since the last time; after an outage, all that happened in it.</summary>
    public async Task Follow(CancellationToken cancellationToken)
    {
        var (began, since, seen) = (clock.GetUtcNow(), _reached - _back, new HashSet<Guid>());
        foreach (var module in _listeners)
        {
            await using var scope = scopes.CreateAsyncScope();
            if (scope.ServiceProvider.GetKeyedService<ModuleDbContext>(module.Key) is not { } context) continue; // it lives elsewhere
            var from = Guid.CreateVersion7(since);
            var recent = await context.OutboxMessages.AsNoTracking().Where(m => m.Id > from).OrderBy(m => m.Id)
                .Select(m => new { m.Id, m.Type, m.Body }).ToListAsync(cancellationToken);
            foreach (var message in recent)
            {
                if (!_seen.Contains(message.Id) && catalog.Find(message.Type) is { } type)
                    foreach (var listener in module)
                        await listener.Heard((IModuleEvent)JsonSerializer.Deserialize(message.Body, type, ContractJson.Options)!, cancellationToken);
                seen.Add(message.Id);
            }
        }

        (_seen, _reached) = (seen, began);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_listeners.Count == 0 || data.Postgres is null || cache.Report().Mode != "memory") return;
        using var timer = new PeriodicTimer(_beat, clock);
        for (var beat = 0; await timer.WaitForNextTickAsync(stoppingToken); beat++)
        {
            try
            {
                await Follow(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                if (beat % 20 == 0) NotFollowed(log, failure.Message);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "What other hosts publish is not heard of at the moment: {Reason}")]
    private static partial void NotFollowed(ILogger logger, string reason);
}
