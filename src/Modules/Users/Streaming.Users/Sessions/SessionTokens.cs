using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Streaming.Users.Sessions;

/// <summary>An opaque token to be sent as <c>Authorization: Bearer</c>.</summary>
internal sealed record AccessToken(string Value, int ExpiresInSeconds);

internal static class SessionCookie
{
    public static Task SetCookie(this HttpContext http, Session session) => http.SignInAsync(
        IdentityConstants.ApplicationScheme, session.ToPrincipal(IdentityConstants.ApplicationScheme), new AuthenticationProperties { IsPersistent = true });
}

/// <summary>Gives sessions to programs as a token.</summary>
internal sealed class SessionTokens(IOptionsMonitor<BearerTokenOptions> bearer, TimeProvider clock)
{
    public AccessToken Issue(Session session)
    {
        var options = bearer.Get(IdentityConstants.BearerScheme);
        var properties = new AuthenticationProperties { ExpiresUtc = clock.GetUtcNow() + options.BearerTokenExpiration };
        var ticket = new AuthenticationTicket(
            session.ToPrincipal(IdentityConstants.BearerScheme), properties, $"{IdentityConstants.BearerScheme}:AccessToken");
        return new AccessToken(options.BearerTokenProtector.Protect(ticket), (int)options.BearerTokenExpiration.TotalSeconds);
    }
}
