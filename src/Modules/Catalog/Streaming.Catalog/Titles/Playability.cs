using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;

namespace Streaming.Catalog.Titles;

/// <summary>What can be played is seen from what is committed; there is no flag that could be wrong.</summary>
internal static class Playability
{
    /// <summary>Enough for a player to start and to know that it goes on.</summary>
    public const int EnoughSegments = 2;

    /// <summary>Assets whose current revision has a video rendition that is complete or has enough segments.</summary>
    public static IQueryable<Asset> PlayableAssets(this CatalogDbContext db) => db.Assets.Where(asset => db.Renditions.Any(rendition =>
        rendition.AssetId == asset.Id
        && rendition.Revision == asset.Revision
        && rendition.Kind == Rendition.Video
        && (rendition.Complete || db.Segments.Count(segment => segment.RenditionId == rendition.Id && segment.Number < EnoughSegments) == EnoughSegments)));
}
