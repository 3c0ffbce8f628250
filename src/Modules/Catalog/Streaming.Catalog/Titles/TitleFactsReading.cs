using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;

namespace Streaming.Catalog.Titles;

internal static class TitleFactsReading
{
    /// <summary>Facts of those that are published, whoever asks.</summary>
    public static async Task<IReadOnlyDictionary<Guid, TitleFacts>> PublishedFacts(this CatalogDbContext db, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var playable = db.PlayableAssets();
        var rows = await (
            from title in db.Titles.IgnoreQueryFilters().AsNoTracking()
            where ids.Contains(title.Id)
            join metadata in db.TitleMetadata
                on new { TitleId = title.Id, Version = title.PublishedVersion } equals new { metadata.TitleId, Version = (int?)metadata.Version }
            join video in db.Assets on title.AssetId equals (Guid?)video.Id into videos
            from asset in videos.DefaultIfEmpty()
            select new ShownTitle
            {
                Title = title,
                Metadata = metadata,
                Asset = asset,
                DurationSeconds = playable.Where(p => p.Id == title.AssetId).Select(p => (double?)p.DurationSeconds).FirstOrDefault(),
                EpisodeId = null,
                EpisodePicture = null,
            }).ToListAsync(cancellationToken);

        var assets = rows.Where(r => r.Asset is not null).Select(r => r.Asset!.Id).Distinct().ToArray();
        var audio = assets.Length == 0 ? Nothing : (await (
            from rendition in db.Renditions
            join current in db.Assets on new { Id = rendition.AssetId, rendition.Revision } equals new { current.Id, current.Revision }
            where assets.Contains(current.Id) && rendition.Kind == Rendition.Audio
            orderby rendition.Default descending, rendition.Order
            select new { current.Id, rendition.Language, rendition.Label }).ToListAsync(cancellationToken)).ToLookup(t => t.Id, t => new TrackView(t.Language, t.Label));
        var texts = assets.Length == 0 ? Nothing : (await (
            from track in db.TextTracks
            join current in db.Assets on new { Id = track.AssetId, track.Revision } equals new { current.Id, current.Revision }
            where assets.Contains(current.Id)
            orderby track.Name
            select new { current.Id, track.Language, track.Label }).ToListAsync(cancellationToken)).ToLookup(t => t.Id, t => new TrackView(t.Language, t.Label));
        var episodes = await db.PublishedEpisodes([.. rows.Where(r => r.Title.Kind == TitleKinds.Series).Select(r => r.Title.Id)], cancellationToken);

        return rows.ToDictionary(r => r.Title.Id, r => new TitleFacts(
            r.Card, ShowingOf(r.Title), r.Metadata.Version, r.Metadata.Cast,
            r.Asset is not { } a ? null : new VideoFacts(a.Id, a.Revision, a.DurationSeconds, a.Complete, a.HasThumbnails, [.. audio[a.Id]], [.. texts[a.Id]]),
            [.. episodes[r.Title.Id]]));
    }

    private static ILookup<Guid, TrackView> Nothing => Array.Empty<TrackView>().ToLookup(_ => Guid.Empty);

    private static async Task<ILookup<Guid, EpisodeFacts>> PublishedEpisodes(this CatalogDbContext db, Guid?[] series, CancellationToken cancellationToken)
    {
        if (series.Length == 0) return Array.Empty<EpisodeFacts>().ToLookup(_ => Guid.Empty);
        var found = await (
            from episode in db.Titles.IgnoreQueryFilters()
            where series.Contains(episode.SeriesId)
            join metadata in db.TitleMetadata
                on new { TitleId = episode.Id, Version = episode.PublishedVersion } equals new { metadata.TitleId, Version = (int?)metadata.Version }
            orderby episode.Season, episode.Episode
            select new { Title = episode, Picture = metadata.Artwork ?? episode.Poster }).AsNoTracking().ToListAsync(cancellationToken);
        return found.ToLookup(e => e.Title.SeriesId!.Value, e => new EpisodeFacts(
            e.Title.Id, e.Title.Season!.Value, e.Title.Episode!.Value, ShowingOf(e.Title), e.Picture));
    }

    private static Showing ShowingOf(Title title) => new(title.Maturity, title.AvailableFrom, title.AvailableUntil);
}
