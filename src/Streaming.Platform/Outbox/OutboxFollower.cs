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
/// own messages do that, and where no other process is there nobody has to.
/// </summary>
internal sealed partial class OutboxFollower(
    IServiceScopeFactory scopes, IEnumerable<IEventListener> listeners, EventCatalog catalog, IZoneCache cache, DatabaseSharing sharing,
    TimeProvider clock, ILogger<OutboxFollower> log) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);

    // Clocks of hosts differ, and a transaction is seen later than its events say.
    private static readonly TimeSpan _back = TimeSpan.FromSeconds(30);

    private readonly ILookup<string, IEventListener> _listeners = listeners.ToLookup(l => l.Module, StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private HashSet<Guid> _seen = [];
    private Guid _asked;
    private DateTimeOffset _reached = clock.GetUtcNow();

    private bool IsNeeded => _listeners.Count > 0 && cache.Report().Mode == "memory";

    /// <summary>Returns when the listeners have been told of the event, which another process has committed, and of all that this one sees with it.</summary>
    public async ValueTask CatchUp(Guid latest, CancellationToken cancellationToken)
    {
        if (!IsNeeded) return;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // One that is not found the first time, such as of a module that nobody listens to, is not looked for with every call.
            if (_asked == latest || _seen.Contains(latest)) return;
            await Tell(cancellationToken);
            _asked = latest;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tells what is new since the last time; after an outage, all that happened in it.</summary>
    public async Task Follow(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await Tell(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    private async Task Tell(CancellationToken cancellationToken)
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
        if (!IsNeeded) return;
        using var timer = new PeriodicTimer(_beat, clock);
        for (var beat = 0; await timer.WaitForNextTickAsync(stoppingToken); beat++)
        {
            if (!sharing.IsShared) continue;
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
