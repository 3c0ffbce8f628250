namespace Streaming.Catalog.Titles;

/// <summary>
/// All that is told of a published title, and all that decides whom: the same for everybody, so that one copy of it can be kept for all.
/// Who may see it is asked anew at each reading.
/// </summary>
/// <param name="Card">With artwork of its own; a series may lend an episode's.</param>
/// <param name="Showing">To whom, and when.</param>
/// <param name="Version">The published one.</param>
/// <param name="Cast">Names, first billed first.</param>
/// <param name="Video">Absent where there is none.</param>
/// <param name="Episodes">Of a series: the published ones, in their order.</param>
internal sealed record TitleFacts(
    TitleCard Card, Showing Showing, int Version, IReadOnlyList<string> Cast, VideoFacts? Video, IReadOnlyList<EpisodeFacts> Episodes)
{
    /// <summary>The card as this audience gets it.</summary>
    public TitleCard CardFor(Audience audience) =>
        Card.Artwork is null && Episodes.FirstOrDefault(e => e.Picture is not null && audience.MaySee(e.Showing)) is { } lends
            ? Card with { Artwork = ArtworkAddress.Of(lends.Id, lends.Picture!) }
            : Card;
}

/// <summary>Whom a published title is for, and when it is there.</summary>
internal sealed record Showing(int Maturity, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>An episode as its series needs to know it.</summary>
/// <param name="Id">The title.</param>
/// <param name="Season">From 1.</param>
/// <param name="Episode">From 1.</param>
/// <param name="Showing">To whom, and when.</param>
/// <param name="Picture">Hash; absent where there is none.</param>
internal sealed record EpisodeFacts(Guid Id, int Season, int Episode, Showing Showing, string? Picture);

/// <summary>What a title plays.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Revision">From 1.</param>
/// <param name="DurationSeconds">Of the source.</param>
/// <param name="IsWhole">Whether all of it is encoded, so that nothing of it changes any more.</param>
/// <param name="HasThumbnails">Whether there are sprite sheets.</param>
/// <param name="Audio">Tracks, default first.</param>
/// <param name="Subtitles">Tracks.</param>
internal sealed record VideoFacts(
    Guid Id, int Revision, double DurationSeconds, bool IsWhole, bool HasThumbnails, IReadOnlyList<TrackView> Audio, IReadOnlyList<TrackView> Subtitles);

/// <summary>
/// Who looks and when, as far as it decides what is seen: the rule of <see cref="Data.CatalogDbContext"/>'s filters for titles that are in
/// memory. That both agree is a test.
/// </summary>
internal readonly record struct Audience(int MaturityLimit, DateTimeOffset Now)
{
    public bool MaySee(Showing showing) =>
        showing.Maturity <= MaturityLimit && (showing.From is null || showing.From <= Now) && (showing.Until is null || showing.Until > Now);

    /// <param name="title">A published title.</param>
    /// <param name="series">Of an episode: its series, if that is published.</param>
    public bool MaySee(TitleFacts title, TitleFacts? series)
    {
        if (!MaySee(title.Showing)) return false;
        if (title.Card.Kind == TitleKinds.Film) return true;
        if (title.Card.Kind == TitleKinds.Episode) return series is not null && MaySee(series.Showing);
        var audience = this;
        return title.Episodes.Any(e => audience.MaySee(e.Showing));
    }
}
