using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>
/// Deletes files that were moved into place just before their rows would have been written. Only for whoever holds the lease of the
/// ingest that encodes the asset: nobody else writes there, so what has no row by then never gets one.
/// </summary>
internal sealed class RowlessFiles(IngestRows rows, IObjectStore store)
{
    public async Task Delete(Ingest ingest, Asset asset, CancellationToken ct)
    {
        if (asset.IngestId != ingest.Id) return;
        var keys = new List<string>();
        await foreach (var key in store.List(MediaKeys.Revision(asset.Id, asset.Revision), ct)) keys.Add(key);
        if (keys.Count == 0) return;

        var known = await rows.With(async db =>
        {
            var renditions = await db.Renditions.AsNoTracking().Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision)
                .Select(r => new { r.Name, Segments = db.Segments.Count(s => s.RenditionId == r.Id) }).ToListAsync(ct);
            var texts = await db.TextTracks.Where(t => t.AssetId == asset.Id && t.Revision == asset.Revision).Select(t => t.Name).ToListAsync(ct);
            return renditions.SelectMany(r => Enumerable.Range(0, r.Segments)
                    .Select(n => MediaKeys.Segment(asset.Id, asset.Revision, r.Name, n)).Prepend(MediaKeys.Init(asset.Id, asset.Revision, r.Name)))
                .Concat(texts.Select(name => MediaKeys.Subtitles(asset.Id, asset.Revision, name))).ToHashSet();
        });
        // Sheets of the seek bar have no rows of their own, and are made anew with the same names.
        foreach (var key in keys.Where(k => !known.Contains(k) && !k.Contains("/thumbs/", StringComparison.Ordinal))) await store.Delete(key, ct);
    }
}
