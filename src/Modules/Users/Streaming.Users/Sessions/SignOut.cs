using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;

namespace Streaming.Users.Sessions;

/// <summary>Ends the browser's session. There is nothing to find or to change here, only a cookie to take back.</summary>
internal static class SignOut
{
    internal static void Map(RouteGroupBuilder users) =>
        users.MapPost("/sign-out", async (HttpContext http) =>
            {
                await http.SignOutAsync(IdentityConstants.ApplicationScheme);
                return TypedResults.NoContent();
            })
            .AllowAnonymous()
            .WithName("SignOut").WithSummary("Ends the session of the cookie; tokens end by themselves.");
}
