using Streaming.Kernel;

namespace Streaming.Catalog;

/// <summary>Titles that the caller may see: published, available and within its maturity limit; publishers also see drafts.</summary>
/// <param name="Genre">Only of this genre.</param>
/// <param name="Kind">Only of this kind; without it films and series, not single episodes.</param>
/// <param name="Search">Part of a name.</param>
/// <param name="State">draft or published; publishers only.</param>
/// <param name="Limit">1 to 100.</param>
/// <param name="After">Cursor from the page before.</param>
/// <param name="Sort">newest, which is the default, or name.</param>
[Contract("catalog.browse", version: 1, DeadlineMs = 1000, SlowMs = 50, StaleSeconds = 300, StaleApart = ["maturity"])]
public sealed record BrowseTitles(
    string? Genre = null,
    string? Kind = null,
    string? Search = null,
    string? State = null,
    int Limit = 20,
    string? After = null,
    string? Sort = null) : IQuery<TitlePage>;

/// <summary>Cards of titles by id, at most 200; what the caller may not see is left out.</summary>
[Contract("catalog.titles", version: 1, DeadlineMs = 500, SlowMs = 40, StaleSeconds = 300, StaleApart = ["maturity"])]
public sealed record GetTitles(IReadOnlyList<Guid> Ids) : IQuery<TitleList>;

/// <summary>
/// One title with all its page shows; not found where the caller may not see it. Viewers get the published version, publishers the
/// current one.
/// </summary>
[Contract("catalog.title", version: 1, DeadlineMs = 500, SlowMs = 40, StaleSeconds = 300, StaleApart = ["maturity"])]
public sealed record GetTitle(Guid Id) : IQuery<TitleDetails>;

/// <summary>All versions of a title's metadata.</summary>
[Contract("catalog.title-history", version: 1, DeadlineMs = 500, SlowMs = 40), Requires("publisher", "operator")]
public sealed record GetTitleHistory(Guid Id) : IQuery<TitleHistory>;

/// <summary>The genres that have titles which the caller may see, with counts, most first.</summary>
[Contract("catalog.genres", version: 1, DeadlineMs = 500, SlowMs = 40, StaleSeconds = 300, StaleApart = ["maturity"])]
public sealed record GetGenres : IQuery<GenreList>;

/// <summary>Genres.</summary>
public sealed record GenreList(IReadOnlyList<GenreCount> Items);

/// <summary>A genre and how many titles it has.</summary>
public sealed record GenreCount(string Genre, int Titles);

/// <summary>A title has become visible to viewers, as this version.</summary>
public sealed record TitlePublished(Guid TitleId, int Version) : IModuleEvent;

/// <summary>A title is no longer visible to viewers.</summary>
public sealed record TitleUnpublished(Guid TitleId) : IModuleEvent;
