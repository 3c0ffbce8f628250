using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;

namespace Streaming.Catalog.Ingests;

/// <summary>Who encodes a source: one ingest at a time, however often the same file arrives.</summary>
internal sealed class IngestAssets(IngestRows rows, TimeProvider clock)
{
    internal enum Part
    {
        /// <summary>This ingest encodes it.</summary>
        Encode,

        /// <summary>Another does at the moment.</summary>
        Wait,

        /// <summary>It is encoded.</summary>
        Nothing,
    }

    public Task<Asset> Read(Guid id, CancellationToken ct) => rows.With(db => db.Assets.AsNoTracking().SingleAsync(a => a.Id == id, ct));

    /// <summary>Finds or makes the asset of a source, and decides what this ingest has to do for it.</summary>
    public async Task<(Asset Asset, Part Part)> Take(Ingest ingest, string sha256, double durationSeconds, CancellationToken ct)
    {
        try
        {
            return await rows.With(async db =>
            {
                if (await db.Assets.SingleOrDefaultAsync(a => a.Sha256 == sha256, ct) is { } known) return await Take(db, known, ingest, durationSeconds, ct);
                var asset = new Asset
                {
                    Id = Guid.CreateVersion7(clock.GetUtcNow()),
                    Sha256 = sha256,
                    Revision = 1,
                    DurationSeconds = durationSeconds,
                    IngestId = ingest.Id,
                    CreatedAt = clock.GetUtcNow(),
                };
                db.Assets.Add(asset);
                await db.SaveChangesAsync(ct);
                return (asset, Part.Encode);
            });
        }
        catch (DbUpdateException)
        {
            // The same file has arrived twice at once, and the other was quicker.
            return await rows.With(async db => await Take(db, await db.Assets.SingleAsync(a => a.Sha256 == sha256, ct), ingest, durationSeconds, ct));
        }
    }

    private static async Task<(Asset, Part)> Take(CatalogDbContext db, Asset asset, Ingest ingest, double durationSeconds, CancellationToken ct)
    {
        if (asset.Complete) return (asset, Part.Nothing);
        if (asset.IngestId != ingest.Id)
        {
            var holder = asset.IngestId;
            if (await db.EncodingIngests().AnyAsync(i => i.Id == holder, ct)) return (asset, Part.Wait);
            if (await db.Assets.Where(a => a.Id == asset.Id && a.IngestId == holder).ExecuteUpdateAsync(set => set.SetProperty(a => a.IngestId, ingest.Id), ct) != 1)
                return (asset, Part.Wait);
            await db.Entry(asset).ReloadAsync(ct);
        }

        // Another length than before: what had been encoded to the old one does not fit, and nothing is overwritten.
        if (Math.Abs(asset.DurationSeconds - durationSeconds) > 0.001)
        {
            (asset.Revision, asset.DurationSeconds, asset.HasThumbnails) = (asset.Revision + 1, durationSeconds, false);
            await db.SaveChangesAsync(ct);
        }

        return (asset, Part.Encode);
    }
}

internal static class EncodingIngestsOf
{
    /// <summary>Those that encode an asset or will go on to.</summary>
    public static IQueryable<Ingest> EncodingIngests(this CatalogDbContext db)
    {
        IngestState[] states = [.. IngestStates.Work, IngestState.Paused];
        return db.Ingests.Where(i => !i.Waiting && states.Contains(i.State));
    }
}
