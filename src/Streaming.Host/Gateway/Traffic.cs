using System.Collections.Concurrent;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Metadata;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;

namespace Streaming.Host.Gateway;

/// <summary>What is given up last when there is too much to do, and what first.</summary>
internal enum TrafficClass
{
    /// <summary>Starting and going on with a film.</summary>
    Playback,

    /// <summary>Finding one, and everything else that a person waits for.</summary>
    Browse,

    /// <summary>Operators' and publishers' work, which can be done a little later.</summary>
    Background,
}

/// <summary>How long an answer lasts, which decides by what it is bounded.</summary>
internal enum TrafficKind
{
    /// <summary>Answered at once: has a deadline, and its latency tells how busy this host is.</summary>
    Ordinary,

    /// <summary>Segments and playlists: as slow as the client's line.</summary>
    Media,

    /// <summary>Bytes on their way in.</summary>
    Upload,

    /// <summary>Server-sent events.</summary>
    Stream,

    /// <summary>Somebody asks whether this host is well, and must be told however busy it is.</summary>
    Probe,
}

/// <summary>What the gateway has to know of an endpoint.</summary>
/// <param name="Class">When it is given up.</param>
/// <param name="Kind">How long its answers last.</param>
/// <param name="Limits">The limits that it names.</param>
/// <param name="Movable">The module with which it may be served elsewhere; null where only this host can serve it.</param>
internal sealed record Traffic(TrafficClass Class, TrafficKind Kind, IReadOnlyList<string> Limits, string? Movable = null)
{
    public static readonly Traffic Unrouted = new(TrafficClass.Browse, TrafficKind.Ordinary, []);

    /// <summary>Its name in metrics: the class of what is answered at once, and the kind of everything else.</summary>
    public string Label { get; } = (Kind, Class) switch
    {
        (TrafficKind.Media, _) => Labels.Media,
        (TrafficKind.Upload, _) => Labels.Upload,
        (TrafficKind.Stream, _) => Labels.Stream,
        (TrafficKind.Probe, _) => Labels.Probe,
        (_, TrafficClass.Playback) => Labels.Playback,
        (_, TrafficClass.Browse) => Labels.Browse,
        _ => Labels.Background,
    };

    internal static class Labels
    {
        public const string Playback = "playback";
        public const string Browse = "browse";
        public const string Background = "background";
        public const string Media = "media";
        public const string Upload = "upload";
        public const string Stream = "stream";
        public const string Probe = "probe";
    }
}

/// <summary>Endpoints by what kind of traffic they serve: from their metadata and their routes, once each.</summary>
internal sealed class TrafficMap
{
    private static readonly string[] _playback = ["/api/playback", "/api/edges", "/m", "/watch"];
    private static readonly string[] _background = ["/ops", "/operations", "/api/operations", "/api/catalog/ingests", "/api/catalog/uploads", "/api/playback/signing-keys", "/studio", "/openapi", "/metrics"];

    private readonly ConcurrentDictionary<Endpoint, Traffic> _known = new();

    public Traffic Of(HttpContext context) => context.GetEndpoint() is not { } endpoint
        ? Traffic.Unrouted
        : _known.TryGetValue(endpoint, out var traffic) ? traffic : _known.GetOrAdd(endpoint, Read);

    internal static Traffic Read(Endpoint endpoint)
    {
        var route = new PathString("/" + (endpoint as RouteEndpoint)?.RoutePattern.RawText?.TrimStart('/', '~'));
        var kind = KindOf(endpoint, route);
        return new Traffic(
            IsBelow(route, _background) ? TrafficClass.Background : IsBelow(route, _playback) ? TrafficClass.Playback : TrafficClass.Browse,
            kind,
            [.. endpoint.Metadata.GetOrderedMetadata<RateLimited>().Select(l => l.Limit).Distinct(StringComparer.OrdinalIgnoreCase)],
            kind == TrafficKind.Ordinary && endpoint.Metadata.GetMetadata<ServedHere>() is null ? endpoint.Metadata.GetMetadata<ModuleEndpoint>()?.Module : null);
    }

    private static TrafficKind KindOf(Endpoint endpoint, PathString route) =>
        route.StartsWithSegments("/health") ? TrafficKind.Probe
        : route.StartsWithSegments("/m") ? TrafficKind.Media
        : route.StartsWithSegments("/api/catalog/uploads") ? TrafficKind.Upload
        : endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(p => p.ContentTypes.Contains(MediaTypeNames.Text.EventStream)) ? TrafficKind.Stream
        : TrafficKind.Ordinary;

    private static bool IsBelow(PathString route, string[] roots) => roots.Any(root => route.StartsWithSegments(root));
}

/// <summary>Playback goes on for people who were known a moment ago while nobody can say whether they still are; everything else waits.</summary>
internal sealed class PlaybackFirst(RequestDelegate next, TrafficMap traffic)
{
    public Task Invoke(HttpContext context)
    {
        if (traffic.Of(context).Class == TrafficClass.Playback) context.Features.Set(KnownFromBefore.Allowed);
        return next(context);
    }
}
