using Streaming.Kernel;

namespace Streaming.Recommendations;

/// <summary>The rows of the caller's home page, best first, without continue watching. Title ids only; the catalogue tells the rest.</summary>
/// <param name="Limit">Titles a row, 1 to 40.</param>
[Contract("recommendations.home", version: 1, DeadlineMs = 600, SlowMs = 60, StaleSeconds = 600, StaleApart = ["maturity"])]
public sealed record GetHomeRows(int Limit = 20) : IQuery<HomeRows>;

/// <summary>Rows.</summary>
public sealed record HomeRows(IReadOnlyList<HomeRow> Rows);

/// <summary>A row of titles.</summary>
/// <param name="Id">Stable, such as <c>popular</c>, <c>new</c> or <c>genre:drama</c>.</param>
/// <param name="Label">Heading for a person.</param>
/// <param name="TitleIds">Best first, at least one.</param>
public sealed record HomeRow(string Id, string Label, IReadOnlyList<Guid> TitleIds);

/// <summary>Titles like this one, best first; what the caller may not see is left out.</summary>
/// <param name="TitleId">The title.</param>
/// <param name="Limit">1 to 40.</param>
[Contract("recommendations.similar", version: 1, DeadlineMs = 600, SlowMs = 60, StaleSeconds = 600, StaleApart = ["maturity"])]
public sealed record GetSimilarTitles(Guid TitleId, int Limit = 12) : IQuery<SimilarTitles>;

/// <summary>Title ids.</summary>
public sealed record SimilarTitles(IReadOnlyList<Guid> TitleIds);
