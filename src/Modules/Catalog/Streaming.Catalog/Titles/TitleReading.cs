using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;

namespace Streaming.Catalog.Titles;

/// <summary>A title with the version of its metadata that is shown.</summary>
internal sealed class ShownTitle
{
    public required Title Title { get; init; }

    public required TitleMetadata Metadata { get; init; }

    /// <summary>What it plays; read only where it is asked for.</summary>
    public Asset? Asset { get; init; }

    /// <summary>Of the asset, where it can be played.</summary>
    public required double? DurationSeconds { get; init; }

    /// <summary>Of a series: the first of its episodes that viewers may see and that has a picture.</summary>
    public required Guid? EpisodeId { get; init; }

    /// <summary>Of that episode.</summary>
    public required string? EpisodePicture { get; init; }

    public TitleCard Card => new(
        Title.Id,
        Title.Kind,
        Metadata.Name,
        Metadata.Synopsis,
        Metadata.Year,
        Metadata.Genres,
        Metadata.Maturity,
        Artwork,
        DurationSeconds,
        DurationSeconds is not null,
        Title.PublishedVersion is null ? TitleStates.Draft : TitleStates.Published,
        Title.SeriesId,
        Title.Season,
        Title.Episode);

    private string? Artwork =>
        (Metadata.Artwork ?? Title.Poster) is { } own ? ArtworkAddress.Of(Title.Id, own)
        : EpisodePicture is { } lent ? ArtworkAddress.Of(EpisodeId!.Value, lent)
        : null;
}

/// <summary>Where artwork is served, relative to the host.</summary>
internal static class ArtworkAddress
{
    public static string Of(Guid title, string hash) => $"/artwork/{title}/{hash}.jpg";
}

internal static class TitleReading
{
    /// <summary>Titles as viewers see them, in one query; a draft as it is now.</summary>
    public static IQueryable<ShownTitle> Shown(this CatalogDbContext db, IQueryable<Title> titles) => db.Shown(titles, newest: false);

    /// <summary>Titles as whoever edits them sees them: the current version.</summary>
    public static IQueryable<ShownTitle> ShownCurrent(this CatalogDbContext db, IQueryable<Title> titles) => db.Shown(titles, newest: true);

    private static IQueryable<ShownTitle> Shown(this CatalogDbContext db, IQueryable<Title> titles, bool newest)
    {
        var playable = db.PlayableAssets();
        var pictures = from episode in db.Titles
                       join metadata in db.TitleMetadata
                           on new { TitleId = episode.Id, Version = episode.PublishedVersion } equals new { metadata.TitleId, Version = (int?)metadata.Version }
                       where (metadata.Artwork ?? episode.Poster) != null
                       orderby episode.Season, episode.Episode
                       select new { episode.Id, episode.SeriesId, Picture = metadata.Artwork ?? episode.Poster };
        return from title in titles.AsNoTracking()
               join metadata in db.TitleMetadata
                   on new { TitleId = title.Id, Version = newest ? title.Version : title.PublishedVersion ?? title.Version }
                   equals new { metadata.TitleId, metadata.Version }
               select new ShownTitle
               {
                   Title = title,
                   Metadata = metadata,
                   DurationSeconds = playable.Where(asset => asset.Id == title.AssetId)
                       .Select(asset => (double?)asset.DurationSeconds).FirstOrDefault(),
                   EpisodeId = pictures.Where(p => p.SeriesId == title.Id).Select(p => (Guid?)p.Id).FirstOrDefault(),
                   EpisodePicture = pictures.Where(p => p.SeriesId == title.Id).Select(p => p.Picture).FirstOrDefault(),
               };
    }
}
