using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Ingests;
using Streaming.Kernel;

namespace Streaming.Catalog.Playables;

/// <summary>
/// The rows that playlists are written from. A rung above the lowest joins when it is whole: a player that switched up to one that
/// still grows would stall at its end although the rung below goes on.
/// </summary>
internal static class ShowPresentation
{
    internal sealed class Handler(CatalogDbContext db) : IRequestHandler<GetPresentation, Result<Presentation>>
    {
        public async Task<Result<Presentation>> Handle(GetPresentation query, CancellationToken cancellationToken)
        {
            var (id, revision) = (query.AssetId, query.Revision);
            var encoding = db.EncodingIngests();
            var found = await db.Assets.AsNoTracking().Where(a => a.Id == id)
                .Select(a => new { Asset = a, IsEncoding = !a.Complete && a.Revision == revision && encoding.Any(i => i.Id == a.IngestId) })
                .SingleOrDefaultAsync(cancellationToken);
            if (found is null || revision < 1 || revision > found.Asset.Revision) return Error.NotFound("asset", $"{id}/{revision}");

            var renditions = await db.Renditions.AsNoTracking().Where(r => r.AssetId == id && r.Revision == revision).ToListAsync(cancellationToken);
            var texts = await db.TextTracks.AsNoTracking().Where(t => t.AssetId == id && t.Revision == revision).ToListAsync(cancellationToken);
            // A broken-off base can be looked at by those who see drafts, but it is not the end of the film.
            var isGrowing = found.IsEncoding
                || (!found.Asset.Complete && revision == found.Asset.Revision && !renditions.Any(r => r.Kind == Rendition.Video && r.Complete));
            var listed = renditions.Where(r => r.Complete || (isGrowing && (r.Kind == Rendition.Audio || r.Order == 0))).ToList();
            var ids = listed.Select(r => r.Id).ToArray();
            var rows = await db.Segments.AsNoTracking().Where(s => ids.Contains(s.RenditionId)).OrderBy(s => s.RenditionId).ThenBy(s => s.Number)
                .Select(s => new { s.RenditionId, s.Number, s.Start, s.Duration, s.SizeBytes, s.KeyframeSizeBytes }).ToListAsync(cancellationToken);
            var segments = rows.ToLookup(s => s.RenditionId, s => new MediaSegment(s.Number, s.Start, s.Duration, s.SizeBytes, s.KeyframeSizeBytes));

            return new Presentation(
                id, revision, found.Asset.DurationSeconds, !isGrowing,
                [.. listed.Where(r => r.Kind == Rendition.Video && segments[r.Id].Any()).OrderBy(r => r.Order)
                    .Select(r => new VideoRendition(r.Name, r.Codec, r.Width, r.Height, r.FrameRate, r.Timescale, r.Complete, [.. segments[r.Id]]))],
                [.. listed.Where(r => r.Kind == Rendition.Audio && segments[r.Id].Any()).OrderByDescending(r => r.Default).ThenBy(r => r.Order)
                    .Select(r => new AudioRendition(
                        r.Name, r.Codec, r.Language, r.Label, r.Default, r.Channels, r.SampleRate, r.Timescale, r.Complete, [.. segments[r.Id]]))],
                [.. texts.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new SubtitleRendition(t.Name, t.Language, t.Label, t.Forced))]);
        }
    }
}
