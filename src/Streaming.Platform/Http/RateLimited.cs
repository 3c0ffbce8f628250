using Microsoft.AspNetCore.Builder;

namespace Streaming.Platform.Http;

/// <summary>On endpoints that are bounded by a rate limit of their own, beside those that hold everywhere.</summary>
/// <param name="Limit">Its name below <c>gateway:limits</c>.</param>
public sealed record RateLimited(string Limit);

/// <summary>Names the limits of endpoints; the host keeps them.</summary>
public static class RateLimitedEndpoints
{
    /// <summary>Bounds the endpoints by the limit of this name as well. Several may be named.</summary>
    public static TBuilder LimitedBy<TBuilder>(this TBuilder endpoints, string limit) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new RateLimited(limit));
}
