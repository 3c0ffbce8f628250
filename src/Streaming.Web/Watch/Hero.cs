using Streaming.Catalog;
using Streaming.Playback;

namespace Streaming.Web.Watch;

/// <summary>What the home page opens with.</summary>
internal static class Hero
{
    /// <summary>The oldest age that may be fit from what a household sees first, whoever came in with whom.</summary>
    private const int Mild = 13;

    /// <summary>The first that has a picture and is not yet finished; sooner one that plays at once, and a mild one.</summary>
    public static TitleCard? Choose(IEnumerable<TitleCard> candidates, IReadOnlyDictionary<Guid, TitleProgress> progress) => candidates
        .DistinctBy(title => title.Id)
        .OrderBy(title => progress.TryGetValue(title.Id, out var seen) && seen.Completed)
        .ThenByDescending(title => title.Artwork is not null)
        .ThenByDescending(title => title is { Playable: true, Kind: not TitleKinds.Series })
        .ThenBy(title => title.Maturity > Mild)
        .FirstOrDefault();
}
