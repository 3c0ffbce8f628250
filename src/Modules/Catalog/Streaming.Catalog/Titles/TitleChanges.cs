using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Catalog.Titles;

/// <summary>
/// Makes <see cref="TitleCache"/> forget every published title whose rows have changed, whoever changed them, before the writer is
/// answered; only once they are committed, since forgetting any sooner could bring back what was there before.
/// </summary>
internal sealed class TitleChanges(TitleCache cache, IServiceScopeFactory scopes) : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, Changed> _changed = [];

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        foreach (var entry in eventData.Context!.ChangeTracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted)) continue;
            if (entry.Entity is Title title && WasOrIsPublished(entry)) Of(eventData.Context).Titles.UnionWith([title.Id, title.SeriesId ?? title.Id]);
            else if (entry is { Entity: Asset asset, State: not EntityState.Added }) Of(eventData.Context).Assets.Add(asset.Id);
            else if (entry.Entity is TextTrack track) Of(eventData.Context).Assets.Add(track.AssetId);
        }

        return ValueTask.FromResult(result);
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context!.Database.CurrentTransaction is null) await Forget(eventData.Context);
        return result;
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        Forget(eventData.Context!);

    private static bool WasOrIsPublished(EntityEntry entry)
    {
        var version = entry.Property(nameof(Title.PublishedVersion));
        return version.CurrentValue is not null || (entry.State != EntityState.Added && version.OriginalValue is not null);
    }

    private Changed Of(DbContext context) => _changed.GetOrCreateValue(context);

    private async Task Forget(DbContext context)
    {
        if (!_changed.TryGetValue(context, out var changed)) return;
        _changed.Remove(context);
        try
        {
            if (changed.Assets.Count > 0) changed.Titles.UnionWith(await Playing(changed.Assets));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // It is committed, so its writer must not be told that it failed; which titles play it is what is not known.
            await cache.ForgetAll();
            return;
        }

        if (changed.Titles.Count > 0) await cache.Forget(changed.Titles);
    }

    private async Task<IEnumerable<Guid>> Playing(HashSet<Guid> assets)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        Guid?[] ids = [.. assets];
        return await scope.ServiceProvider.GetRequiredService<CatalogDbContext>().Titles.IgnoreQueryFilters()
            .Where(t => t.PublishedVersion != null && ids.Contains(t.AssetId)).Select(t => t.Id).ToListAsync();
    }

    private sealed class Changed
    {
        public HashSet<Guid> Titles { get; } = [];

        public HashSet<Guid> Assets { get; } = [];
    }
}
