using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Ingests;
using Streaming.Catalog.Titles;
using Streaming.Kernel;

namespace Streaming.Catalog.Playables;

/// <summary>What to play for a title that the caller may see.</summary>
internal static class ShowPlayable
{
    internal sealed class Handler(CatalogDbContext db, VisibleTitles visible) : IRequestHandler<GetPlayable, Result<Streaming.Catalog.Playable>>
    {
        public async Task<Result<Streaming.Catalog.Playable>> Handle(GetPlayable query, CancellationToken cancellationToken)
        {
            if (!db.SeesAll)
            {
                if (await visible.Find(query.TitleId, cancellationToken) is not { } found) return Error.NotFound("title", query.TitleId);
                if (found is { Card.Playable: true, Video: { IsWhole: true } video })
                {
                    var following = await Following(found.Card, cancellationToken);
                    return new Streaming.Catalog.Playable(
                        query.TitleId, Named(found.Card), video.Id, video.Revision, video.DurationSeconds, Complete: true, video.HasThumbnails, video.Audio,
                        video.Subtitles, following?.Id, following is null ? null : Named(following));
                }
            }

            // A draft, or one whose encode goes on: what there is of it changes from second to second.
            var title = await db.Titles.AsNoTracking().Where(t => t.Id == query.TitleId)
                .Select(t => new { t.Name, t.AssetId, t.SeriesId, t.Season, t.Episode }).SingleOrDefaultAsync(cancellationToken);
            if (title is null) return Error.NotFound("title", query.TitleId);

            var asset = await db.PlayableAssets().AsNoTracking().SingleOrDefaultAsync(a => a.Id == title.AssetId, cancellationToken);
            if (asset is null) return Error.Conflict("catalog:not-playable", "There is nothing to play yet. Try again when its video has been encoded.");

            var audio = await db.Renditions.Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision && r.Kind == Rendition.Audio)
                .OrderByDescending(r => r.Default).ThenBy(r => r.Order).Select(r => new TrackView(r.Language, r.Label)).ToListAsync(cancellationToken);
            var texts = await db.TextTracks.Where(t => t.AssetId == asset.Id && t.Revision == asset.Revision)
                .OrderBy(t => t.Name).Select(t => new TrackView(t.Language, t.Label)).ToListAsync(cancellationToken);
            var next = title.SeriesId is null ? null : await db.Titles
                .Where(t => t.SeriesId == title.SeriesId && db.PlayableAssets().Any(a => a.Id == t.AssetId)
                    && (t.Season > title.Season || (t.Season == title.Season && t.Episode > title.Episode)))
                .OrderBy(t => t.Season).ThenBy(t => t.Episode).Select(t => new { t.Id, t.Name, t.Season, t.Episode }).FirstOrDefaultAsync(cancellationToken);

            return new Streaming.Catalog.Playable(
                query.TitleId, Named(title.Name, title.Season, title.Episode), asset.Id, asset.Revision, asset.DurationSeconds,
                asset.Complete || !await db.EncodingIngests().AnyAsync(i => i.Id == asset.IngestId, cancellationToken), asset.HasThumbnails, audio, texts,
                next?.Id, next is null ? null : Named(next.Name, next.Season, next.Episode));
        }

        /// <summary>The next episode that the caller may see and play.</summary>
        private async Task<TitleCard?> Following(TitleCard title, CancellationToken cancellationToken)
        {
            if (title.SeriesId is not { } id || await visible.Find(id, cancellationToken) is not { } series) return null;
            var after = series.Episodes.SkipWhile(e => (e.Season, e.Episode).CompareTo((title.Season!.Value, title.Episode!.Value)) <= 0).Select(e => e.Id);
            foreach (var some in after.Chunk(20))
                if ((await visible.Cards(some, cancellationToken)).FirstOrDefault(c => c.Playable) is { } next) return next;
            return null;
        }

        private static string Named(TitleCard title) => Named(title.Name, title.Season, title.Episode);

        private static string Named(string name, int? season, int? episode) => season is null ? name : $"S{season} E{episode} · {name}";
    }
}
