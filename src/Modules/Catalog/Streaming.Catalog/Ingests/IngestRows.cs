using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Catalog.Ingests;

/// <summary>Short units of work on the rows, each in a scope of its own: an encode takes hours and no context should.</summary>
internal sealed class IngestRows(IServiceScopeFactory scopes, IngestOwner owner, IngestSignal signal, TimeProvider clock)
{
    private const int Attempts = 5;

    public async Task<T> With<T>(Func<CatalogDbContext, Task<T>> use)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        return await use(scope.ServiceProvider.GetRequiredService<CatalogDbContext>());
    }

    public Task With(Func<CatalogDbContext, Task> use) => With(async db =>
    {
        await use(db);
        return true;
    });

    /// <summary>Changes an ingest that this host works on, again should somebody else have changed it meanwhile.</summary>
    /// <exception cref="IngestTakenException">It is this host's no longer.</exception>
    public async Task Change(Guid id, Action<Ingest, DateTimeOffset> change, Func<CatalogDbContext, Task>? also = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await With(async db =>
                {
                    var ingest = await db.Ingests.SingleOrDefaultAsync(i => i.Id == id);
                    if (ingest is null || ingest.Owner != owner.Name || !IngestStates.Work.Contains(ingest.State)) throw new IngestTakenException();
                    change(ingest, clock.GetUtcNow());
                    if (also is not null) await also(db);
                    await db.SaveChangesAsync();
                });
                signal.Changed();
                return;
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // Read it again and decide anew.
            }
        }
    }

    /// <summary>Makes the row this host's for a while; false where somebody else was quicker.</summary>
    public Task<bool> Claim(Guid id, TimeSpan lease) => With(async db =>
    {
        var (now, until, work) = (clock.GetUtcNow(), clock.GetUtcNow() + lease, IngestStates.Work.ToArray());
        return await db.Ingests.Where(i => i.Id == id && work.Contains(i.State) && !i.Waiting && (i.Owner == null || i.LeaseUntil < now))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.Owner, owner.Name).SetProperty(i => i.LeaseUntil, until)) == 1;
    });

    /// <summary>False where the row is not this host's any more.</summary>
    public Task<bool> Renew(Guid id, TimeSpan lease) => With(async db =>
    {
        var until = clock.GetUtcNow() + lease;
        return await db.Ingests.Where(i => i.Id == id && i.Owner == owner.Name).ExecuteUpdateAsync(set => set.SetProperty(i => i.LeaseUntil, until)) == 1;
    });

    /// <summary>What changes with every segment, without a new version: it decides nothing.</summary>
    /// <exception cref="IngestTakenException">It is this host's no longer.</exception>
    public async Task Encoded(CatalogDbContext db, Guid id, double progress)
    {
        if (await db.Ingests.Where(i => i.Id == id && i.Owner == owner.Name).ExecuteUpdateAsync(set => set.SetProperty(i => i.Progress, progress)) != 1)
            throw new IngestTakenException();
    }

    /// <summary>Which process encodes.</summary>
    public Task Started(Guid id, int processId, DateTimeOffset startedAt) => With(db => db.Ingests.Where(i => i.Id == id && i.Owner == owner.Name)
        .ExecuteUpdateAsync(set => set.SetProperty(i => i.ProcessId, processId).SetProperty(i => i.ProcessStartedAt, startedAt)));

    public Task<Ingest> Read(Guid id, CancellationToken ct) => With(async db =>
        await db.Ingests.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct) ?? throw new IngestTakenException());

    public Task Release(Guid id) => With(db => db.Ingests.Where(i => i.Id == id && i.Owner == owner.Name).ExecuteUpdateAsync(set => set
        .SetProperty(i => i.Owner, (string?)null)
        .SetProperty(i => i.LeaseUntil, (DateTimeOffset?)null)
        .SetProperty(i => i.ProcessId, (int?)null)
        .SetProperty(i => i.ProcessStartedAt, (DateTimeOffset?)null)));
}

/// <summary>The row says that this host has to stop: it was cancelled, deleted, or another host has taken it over.</summary>
internal sealed class IngestTakenException() : Exception("The ingest is no longer this host's.");
