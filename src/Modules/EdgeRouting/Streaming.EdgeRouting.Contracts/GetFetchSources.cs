using Streaming.Kernel;

namespace Streaming.EdgeRouting;

/// <summary>Where a client should fetch media from, best first. Never empty: the origin is always the last.</summary>
/// <param name="AssetId">The asset to be played.</param>
[Contract("edges.fetch-sources", version: 1, DeadlineMs = 200, SlowMs = 5)]
public sealed record GetFetchSources(Guid AssetId) : IQuery<FetchSources>;

/// <summary>Sources.</summary>
public sealed record FetchSources(IReadOnlyList<FetchSource> Items);

/// <summary>A place that serves media.</summary>
/// <param name="Id">Pathway name, such as <c>origin</c>.</param>
/// <param name="BaseUrl">Prefix of media paths without a slash at the end; empty means the host that answers the page.</param>
public sealed record FetchSource(string Id, string BaseUrl);
