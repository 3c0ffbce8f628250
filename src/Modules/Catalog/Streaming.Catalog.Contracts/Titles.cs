namespace Streaming.Catalog;

/// <summary>Kinds of title, as they stand in answers.</summary>
public static class TitleKinds
{
    /// <summary>Stands alone.</summary>
    public const string Film = "film";

    /// <summary>Holds episodes; not playable itself.</summary>
    public const string Series = "series";

    /// <summary>Belongs to a series.</summary>
    public const string Episode = "episode";
}

/// <summary>States of a title, as they stand in answers.</summary>
public static class TitleStates
{
    /// <summary>Only publishers see it.</summary>
    public const string Draft = "draft";

    /// <summary>Viewers see it, where their age and the hour allow.</summary>
    public const string Published = "published";
}

/// <summary>What a title's metadata may be, for forms to say before they send it.</summary>
public static class TitleLimits
{
    /// <summary>The year of the first film.</summary>
    public const int FirstYear = 1888;

    /// <summary>The last year taken.</summary>
    public const int LastYear = 2100;

    /// <summary>Characters.</summary>
    public const int Name = 200;

    /// <summary>Characters.</summary>
    public const int Synopsis = 2000;

    /// <summary>Ages in years from which a title may be fit.</summary>
    public static IReadOnlyList<int> Ages { get; } = [0, 7, 13, 16, 18];
}

/// <summary>A title as a card in a row shows it.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Kind">One of <see cref="TitleKinds"/>.</param>
/// <param name="Name">As shown.</param>
/// <param name="Synopsis">Up to 2,000 characters; may be empty.</param>
/// <param name="Year">Of release; absent where unknown.</param>
/// <param name="Genres">Lower-case words.</param>
/// <param name="Maturity">Age in years from which it is fit: 0, 7, 13, 16 or 18.</param>
/// <param name="Artwork">Address of the 16:9 artwork, relative to the host; absent where there is none.</param>
/// <param name="DurationSeconds">Of the playable asset; absent for series and where nothing can be played.</param>
/// <param name="Playable">Whether a viewer could start it now.</param>
/// <param name="State">draft or published.</param>
/// <param name="SeriesId">For an episode: its series.</param>
/// <param name="Season">For an episode: from 1.</param>
/// <param name="Episode">For an episode: from 1.</param>
public sealed record TitleCard(
    Guid Id,
    string Kind,
    string Name,
    string Synopsis,
    int? Year,
    IReadOnlyList<string> Genres,
    int Maturity,
    string? Artwork,
    double? DurationSeconds,
    bool Playable,
    string State,
    Guid? SeriesId = null,
    int? Season = null,
    int? Episode = null);

/// <summary>Some titles, in the order asked for; those that the caller may not see are left out.</summary>
public sealed record TitleList(IReadOnlyList<TitleCard> Items);

/// <summary>A page of titles.</summary>
/// <param name="Items">The titles.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
public sealed record TitlePage(IReadOnlyList<TitleCard> Items, string? Next);

/// <summary>Everything that a title's page shows.</summary>
/// <param name="Card">The short form.</param>
/// <param name="Cast">Names, first billed first.</param>
/// <param name="Version">Of the metadata shown, from 1.</param>
/// <param name="PublishedVersion">The version that viewers see; absent for a draft.</param>
/// <param name="AvailableFrom">When it may be watched from; absent for always.</param>
/// <param name="AvailableUntil">When it may be watched until; absent for ever.</param>
/// <param name="Episodes">For a series: its episodes by season and number.</param>
/// <param name="Audio">Audio tracks of the playable asset.</param>
/// <param name="Subtitles">Subtitle tracks of the playable asset.</param>
public sealed record TitleDetails(
    TitleCard Card,
    IReadOnlyList<string> Cast,
    int Version,
    int? PublishedVersion,
    DateTimeOffset? AvailableFrom,
    DateTimeOffset? AvailableUntil,
    IReadOnlyList<TitleCard> Episodes,
    IReadOnlyList<TrackView> Audio,
    IReadOnlyList<TrackView> Subtitles);

/// <summary>A track as a menu shows it.</summary>
/// <param name="Language">BCP 47, or <c>und</c>.</param>
/// <param name="Label">For a person.</param>
public sealed record TrackView(string Language, string Label);

/// <summary>One version of a title's metadata.</summary>
/// <param name="Version">From 1.</param>
/// <param name="At">When it was written.</param>
/// <param name="By">Account that wrote it; absent for the system.</param>
/// <param name="Name">As shown.</param>
/// <param name="Synopsis">May be empty.</param>
/// <param name="Year">Of release.</param>
/// <param name="Genres">Lower-case words.</param>
/// <param name="Cast">Names.</param>
/// <param name="Maturity">Age in years.</param>
/// <param name="Changed">Names of the members that differ from the version before.</param>
/// <param name="AvailableFrom">When it may be watched from; absent for always.</param>
/// <param name="AvailableUntil">When it may be watched until; absent for ever.</param>
/// <param name="Artwork">Address of the artwork chosen; absent where none was.</param>
public sealed record TitleVersion(
    int Version,
    DateTimeOffset At,
    Guid? By,
    string Name,
    string Synopsis,
    int? Year,
    IReadOnlyList<string> Genres,
    IReadOnlyList<string> Cast,
    int Maturity,
    IReadOnlyList<string> Changed,
    DateTimeOffset? AvailableFrom = null,
    DateTimeOffset? AvailableUntil = null,
    string? Artwork = null);

/// <summary>Versions, newest first.</summary>
public sealed record TitleHistory(IReadOnlyList<TitleVersion> Items);
