namespace Streaming.Platform.Readiness;

/// <summary>A module by what its code says: what it offers, tells, hears, and whom it asks.</summary>
/// <param name="HasData">Whether it has rows of its own, and so an inbox and an outbox.</param>
/// <param name="Contracts">What others may call.</param>
/// <param name="Publishes">The events that it tells.</param>
/// <param name="Hears">The events of others that it is told.</param>
/// <param name="Calls">The contracts of others of which its code makes requests.</param>
/// <param name="Statics">Its static fields that may change.</param>
public sealed record ModuleCanvas(
    bool HasData, IReadOnlyList<ContractFacts> Contracts, IReadOnlyList<EventFacts> Publishes, IReadOnlyList<string> Hears, IReadOnlyList<string> Calls, IReadOnlyList<string> Statics);

/// <summary>A contract as it is declared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Kind"><c>query</c>, <c>command</c> with an id, or <c>other</c>: something that may not be repeated.</param>
/// <param name="DeadlineMs">How long a caller waits.</param>
/// <param name="SlowMs">From when on it is slow.</param>
/// <param name="Fingerprint">The first twelve digits of its shape's; null where it has none.</param>
/// <param name="NoShape">Why it cannot be told as JSON; null where it can.</param>
/// <param name="CalledBy">Modules whose code makes requests of it, and <c>outside</c> for pages and the host.</param>
public sealed record ContractFacts(string Name, int Version, string Kind, int DeadlineMs, int SlowMs, string? Fingerprint, string? NoShape, IReadOnlyList<string> CalledBy);

/// <summary>An event that a module tells.</summary>
/// <param name="Name">Its type.</param>
/// <param name="HeardBy">The handlers, each as <c>module:Handler</c>.</param>
public sealed record EventFacts(string Name, IReadOnlyList<string> HeardBy);
