using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>Carries out deletions: the source, what was half encoded, and last the row, so that a crash only leaves the rest to do.</summary>
internal sealed class IngestRemoval(IngestRows rows, IngestActivity activity, IngestSource sources, IngestWaiting waiting, TitleCache cache, IObjectStore store)
{
    public async Task RemoveAll(CancellationToken ct)
    {
        var leaving = await rows.With(db => db.Ingests.AsNoTracking().Where(i => i.State == IngestState.Deleting).ToListAsync(ct));
        foreach (var ingest in leaving)
        {
            activity.Interrupt(ingest.Id, Interruption.Taken);
            if (activity.Find(ingest.Id) is null) await Remove(ingest, ct);
        }
    }

    private async Task Remove(Ingest ingest, CancellationToken ct)
    {
        sources.DeleteWork(ingest.Id);
        sources.Delete(ingest.Id);
        if (ingest.AssetId is { } asset && await rows.With(db => IsNobodys(db, ingest.Id, asset, ct)))
        {
            var titles = await rows.With(db => db.Titles.IgnoreQueryFilters().Where(t => t.AssetId == asset).Select(t => new { t.Id, t.SeriesId }).ToListAsync(ct));
            // Rows first: what has no rows is not there, whatever files are left.
            await rows.With(async db =>
            {
                await db.Titles.IgnoreQueryFilters().Where(t => t.AssetId == asset).ExecuteUpdateAsync(set => set.SetProperty(t => t.AssetId, (Guid?)null), ct);
                await db.Segments.Where(s => db.Renditions.Any(r => r.Id == s.RenditionId && r.AssetId == asset)).ExecuteDeleteAsync(ct);
                await db.Renditions.Where(r => r.AssetId == asset).ExecuteDeleteAsync(ct);
                await db.TextTracks.Where(t => t.AssetId == asset).ExecuteDeleteAsync(ct);
            });
            await cache.Forget(titles.SelectMany(t => new[] { t.Id, t.SeriesId ?? t.Id }));
            await store.DeleteFolder($"{asset:N}", ct);
            await rows.With(db => db.Assets.Where(a => a.Id == asset).ExecuteDeleteAsync(ct));
        }

        await rows.With(db => db.Ingests.Where(i => i.Id == ingest.Id).ExecuteDeleteAsync(ct));
        await waiting.Wake(ingest.AssetId);
    }

    /// <summary>Whether an asset may go with its ingest: nobody can play it and no other ingest is about it.</summary>
    private static async Task<bool> IsNobodys(CatalogDbContext db, Guid ingest, Guid asset, CancellationToken ct)
    {
        if (await db.Ingests.AnyAsync(i => i.AssetId == asset && i.Id != ingest, ct)) return false;
        var isPlayed = await db.Titles.IgnoreQueryFilters().AnyAsync(t => t.AssetId == asset, ct);
        return !isPlayed || !await db.PlayableAssets().AnyAsync(a => a.Id == asset, ct);
    }
}
