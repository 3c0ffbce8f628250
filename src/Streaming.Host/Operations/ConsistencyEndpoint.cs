using Streaming.Platform.Consistency;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>The servers of the database and the level of each request: <c>/ops/consistency</c>.</summary>
internal static class ConsistencyEndpoint
{
    public static void MapConsistencyBoard(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/consistency", (ConsistencyBoard board) => board.Read()).WithTags("Operations")
            .RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .WithName("ReadConsistency").WithSummary("The servers of the database, how far each one is, whether writes at quorum are that, and the level of every request.");
}
