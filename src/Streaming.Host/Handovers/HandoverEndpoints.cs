using System.Text.Json;
using Streaming.Host.Gateway.Forwarding;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Http;
using Streaming.Users;

namespace Streaming.Host.Handovers;

/// <summary>Asks a host to hand over to another build: <c>/api/operations/handover</c>.</summary>
internal static class HandoverEndpoints
{
    /// <summary><c>Process</c> is new with every start; <c>State</c> is none, preparing, handing-over, leaving or failed, with the <c>Reason</c>.</summary>
    internal sealed record HandoverView(string Process, string State, string? Reason);

    internal sealed record HandoverBody(Guid Ticket);

    public static void MapHandover(this IEndpointRouteBuilder routes)
    {
        var handover = routes.MapGroup("/api/operations/handover").WithTags("Operations").RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        handover.MapGet("", (Handover now, HostIdentity self) => View(now, self)).WithName("ReadHandover").WithSummary("Which process answers, and how far it is with handing over to another; for operators.");
        handover.MapPost("", (HandoverBody body, Handover now, HostIdentity self, DataOptions data) =>
            {
                if (HandoverTicket.Redeem(data, body.Ticket) is not { } binary) return Problems.From(Error.NotFound("ticket", body.Ticket));
                return now.Begin(binary).TryGet(out _, out var error) ? (IResult)TypedResults.Accepted((string?)null, View(now, self)) : Problems.From(error);
            })
            .Produces<HandoverView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("BeginHandover").WithSummary("Hands this host over to the build that a ticket in the data folder names, as streaming upgrade leaves it; for operators.");
    }

    private static HandoverView View(Handover now, HostIdentity self) =>
        new(self.Id, JsonNamingPolicy.KebabCaseLower.ConvertName(now.State.ToString()), now.Reason is { Length: > 0 } reason ? reason : null);
}
