using Streaming.Kernel;

namespace Streaming.Catalog;

/// <summary>Ingests, newest first.</summary>
/// <param name="Limit">1 to 100.</param>
/// <param name="After">Cursor from the page before.</param>
[Contract("catalog.ingests", version: 1, DeadlineMs = 500, SlowMs = 40), Requires("publisher", "operator")]
public sealed record GetIngests(int Limit = 20, string? After = null) : IQuery<IngestPage>;

/// <summary>One ingest.</summary>
[Contract("catalog.ingest", version: 1, DeadlineMs = 500, SlowMs = 40), Requires("publisher", "operator")]
public sealed record GetIngest(Guid Id) : IQuery<IngestView>;

/// <summary>A page of ingests.</summary>
public sealed record IngestPage(IReadOnlyList<IngestView> Items, string? Next);

/// <summary>A file on its way to the screen.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="TitleId">The title that it becomes playable as.</param>
/// <param name="TitleName">Its name.</param>
/// <param name="FileName">As uploaded, without folders.</param>
/// <param name="SizeBytes">Of the source.</param>
/// <param name="State">
/// receiving, verifying, probed, encoding-base, playable, encoding-full, finalising, ready, paused, failed, rejected, cancelled or deleting.
/// </param>
/// <param name="StateText">The state in words for a person.</param>
/// <param name="Progress">0 to 1 of the encoding.</param>
/// <param name="Speed">Media seconds a second; absent when not encoding.</param>
/// <param name="EtaSeconds">Estimate; absent when not encoding.</param>
/// <param name="Poster">Address of the picture; absent until there is one.</param>
/// <param name="Failure">Why it stopped; absent unless failed, rejected or paused.</param>
/// <param name="Actions">What may be done now: retry, cancel, drop-rung, publish-anyway.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="TitleState">One of <see cref="TitleStates"/>; absent while there is no title.</param>
public sealed record IngestView(
    Guid Id,
    Guid TitleId,
    string TitleName,
    string FileName,
    long SizeBytes,
    string State,
    string StateText,
    double Progress,
    double? Speed,
    double? EtaSeconds,
    string? Poster,
    IngestFailure? Failure,
    IReadOnlyList<string> Actions,
    DateTimeOffset CreatedAt,
    string? TitleState = null);

/// <summary>Why an ingest does not go on.</summary>
/// <param name="Code">Stable, such as <c>truncated-source</c>.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="Retryable">Whether trying again can help.</param>
public sealed record IngestFailure(string Code, string Message, bool Retryable);
