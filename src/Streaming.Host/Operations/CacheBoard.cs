using Streaming.Platform.Caching;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>What the cache answers from where, and how its zones fare: <c>/ops/cache</c>.</summary>
internal static class CacheBoard
{
    public static void MapCacheBoard(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/cache", (IZoneCache cache) => cache.Report()).WithTags("Operations")
            .RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .WithName("ReadCache").WithSummary("This process's cache: reads, hits, its own memory, each zone and the source since the start.");
}
