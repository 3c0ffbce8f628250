using Microsoft.AspNetCore.Builder;

namespace Streaming.Platform.Http;

/// <summary>On endpoints that only the host that is asked can serve, wherever their module runs: what they need lies on its own disk.</summary>
public sealed record ServedHere;

/// <summary>Says of endpoints that they do not move with their module.</summary>
public static class ServedHereEndpoints
{
    /// <summary>The host that is asked serves them itself.</summary>
    public static TBuilder ServedHere<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new ServedHere());
}
