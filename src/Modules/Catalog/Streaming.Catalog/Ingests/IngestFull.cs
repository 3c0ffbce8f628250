using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Media;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>From playable to ready: the seek bar's pictures, the rungs above the lowest, and which of them are worth keeping.</summary>
internal sealed class IngestFull(
    IngestRows rows, IngestSource sources, IngestAssets assets, RowlessFiles rowless, IngestEncode encode, IngestExtras extras, IngestWaiting waiting,
    IObjectStore store)
{
    public async Task Run(RunningIngest running)
    {
        var (id, ct) = (running.Id, running.Stopping);
        var ingest = await rows.Read(id, ct);
        var asset = await assets.Read(ingest.AssetId!.Value, ct);
        if (ingest.State != IngestState.Finalising)
        {
            if (!(await sources.Probe(ingest, ct)).TryGet(out var source, out var lost))
            {
                await rows.Change(id, (i, now) => i.Fail(IngestEncode.Code(lost), lost.Message, retryable: true, now));
                return;
            }

            await rowless.Delete(ingest, asset, ct);
            await extras.Thumbnails(ingest, asset, source, ct);
            if (ingest.State == IngestState.Playable && ingest.RungNames.Count > 1)
                await rows.Change(id, (i, now) => i.Advance(IngestState.EncodingFull, now));
            if (!await encode.Upper(running, asset, source, ingest.RungNames, ct)) return;
            await rows.Change(id, (i, now) => i.Advance(IngestState.Finalising, now));
        }

        await Finalise(ingest, asset, ct);
    }

    private async Task Finalise(Ingest ingest, Asset asset, CancellationToken ct)
    {
        var left = await rows.With(db => Keep(db, ingest, asset, ct));
        await rows.Change(ingest.Id, (i, now) => i.Advance(IngestState.Ready, now), async db =>
        {
            var own = await db.Assets.SingleAsync(a => a.Id == asset.Id, CancellationToken.None);
            own.Complete = true;
            foreach (var rendition in await db.Renditions.Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision).ToListAsync(CancellationToken.None))
                rendition.Complete = true;
        });
        foreach (var name in left) await store.DeleteFolder($"{MediaKeys.Revision(asset.Id, asset.Revision)}/{name}", CancellationToken.None);
        sources.Delete(ingest.Id);
        await waiting.Wake(asset.Id);
    }

    /// <summary>Removes the rows of rungs that were dropped or are not worth their space, and tells their names.</summary>
    private static async Task<IReadOnlyList<string>> Keep(CatalogDbContext db, Ingest ingest, Asset asset, CancellationToken ct)
    {
        var video = await db.Renditions
            .Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision && r.Kind == Rendition.Video).OrderBy(r => r.Order)
            .Select(r => new
            {
                r.Id,
                r.Name,
                r.Width,
                r.Height,
                r.Timescale,
                Size = db.Segments.Where(s => s.RenditionId == r.Id).Sum(s => s.SizeBytes),
                Ticks = db.Segments.Where(s => s.RenditionId == r.Id).Sum(s => s.Duration),
            })
            .ToListAsync(ct);
        var whole = video.Where(r => ingest.RungNames.Contains(r.Name)).ToList();
        var kept = Ladder.Prune(
            [.. whole.Select(r => new Rung(r.Name, r.Width, r.Height, 0, 0))],
            whole.ToDictionary(r => r.Name, r => r.Size * 8d * r.Timescale / Math.Max(1, r.Ticks)));
        var left = video.Where(r => kept.All(k => k.Name != r.Name)).ToList();

        var ids = left.Select(r => r.Id).ToArray();
        await db.Segments.Where(s => ids.Contains(s.RenditionId)).ExecuteDeleteAsync(ct);
        await db.Renditions.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(ct);
        return [.. left.Select(r => r.Name)];
    }
}
