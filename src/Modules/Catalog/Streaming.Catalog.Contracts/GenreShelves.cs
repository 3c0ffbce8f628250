using Streaming.Kernel;

namespace Streaming.Catalog;

/// <summary>
/// The newest published films and series of several genres at once, for rows and for comparing; what the caller may not see is left
/// out.
/// </summary>
/// <param name="Genres">1 to 20, each once.</param>
/// <param name="Limit">Titles a genre, 1 to 100.</param>
[Contract("catalog.genre-shelves", version: 1, DeadlineMs = 500, SlowMs = 40, StaleSeconds = 300, StaleApart = ["maturity"])]
public sealed record GetGenreShelves(IReadOnlyList<string> Genres, int Limit) : IQuery<GenreShelves>;

/// <summary>Shelves in the order asked for, one a genre; empty where there is nothing to see.</summary>
public sealed record GenreShelves(IReadOnlyList<GenreShelf> Items);

/// <summary>The titles of a genre, newest first.</summary>
public sealed record GenreShelf(string Genre, IReadOnlyList<ShelvedTitle> Titles);

/// <summary>As much of a title as it takes to put it somewhere.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Kind">film or series.</param>
public sealed record ShelvedTitle(Guid Id, string Kind);
