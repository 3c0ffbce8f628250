using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;

namespace Streaming.Users.Sessions;

/// <summary>Ends the session: its cookie is taken back, and nobody else who has a copy gets in with it any more.</summary>
internal static class SignOut
{
    internal static async Task End(HttpContext http, IMediator mediator, CancellationToken ct)
    {
        if (SessionHandler.SessionOf(http.User) is { } session) await mediator.Send(new EndSession.Command(session), ct);
        // Also when it could not be ended: whoever presses the button is not signed in here any more.
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    internal static void Map(RouteGroupBuilder users) =>
        users.MapPost("/sign-out", async (HttpContext http, IMediator mediator, CancellationToken ct) =>
            {
                await End(http, mediator, ct);
                return TypedResults.NoContent();
            })
            .AllowAnonymous()
            .WithName("SignOut").WithSummary("Ends the session of the cookie or token.");
}
