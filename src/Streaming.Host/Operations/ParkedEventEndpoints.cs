using Streaming.Platform.Outbox;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>The events that no attempt could deliver: what they are, and sending them again.</summary>
internal static class ParkedEventEndpoints
{
    private const int Most = 100;

    internal sealed record ParkedEventList(IReadOnlyList<ParkedEvent> Items);

    internal sealed record Retried(int Events);

    public static void MapParkedEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/api/operations/parked-events").WithTags("Operations")
            .RequireAuthorization(policy => policy.RequireRole(Roles.Operator));
        events.MapGet("", async (ParkedEvents parked, CancellationToken ct) => new ParkedEventList(await parked.List(Most, ct)))
            .WithName("GetParkedEvents").WithSummary("The oldest 100 events that were given up after their last attempt; for operators.")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        events.MapPost("/retry", async (ParkedEvents parked, CancellationToken ct) => new Retried(await parked.Retry(null, ct)))
            .WithName("RetryParkedEvents").WithSummary("Sends every event that was given up again, oldest first; for operators.")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        events.MapPost("/{id:guid}/retry", async (Guid id, ParkedEvents parked, CancellationToken ct) => new Retried(await parked.Retry(id, ct)))
            .WithName("RetryParkedEvent").WithSummary("Sends one event that was given up again; 0 where it is not parked any more. For operators.")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
    }
}
