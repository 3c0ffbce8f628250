using System.Security.Claims;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;

namespace Streaming.Users.Sessions;

/// <summary>What a cookie or a token says: no more than who, as of which password, and which profile. The rest is looked up.</summary>
internal sealed record Session(Guid Account, string Stamp, Guid? Profile)
{
    private const string StampClaim = "stamp";
    private const string ProfileClaim = "profile";

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, Account.ToString()));
        identity.AddClaim(new Claim(StampClaim, Stamp));
        if (Profile is { } profile) identity.AddClaim(new Claim(ProfileClaim, profile.ToString()));
        return new ClaimsPrincipal(identity);
    }

    public static Session? From(ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var account) && principal.FindFirstValue(StampClaim) is { } stamp
            ? new Session(account, stamp, Guid.TryParse(principal.FindFirstValue(ProfileClaim), out var profile) ? profile : null)
            : null;

    /// <summary>The principal that pages and endpoints see.</summary>
    public static ClaimsPrincipal Caller(KnownAccount account, Guid? profile, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, account.Id.ToString()));
        identity.AddClaim(new Claim(ClaimTypes.Name, account.Email));
        identity.AddClaims(account.Roles.Select(role => new Claim(ClaimTypes.Role, role)));
        if (profile is not { } chosen) return new ClaimsPrincipal(identity);

        identity.AddClaim(new Claim(HttpRegistration.AttributeClaimPrefix + ViewerCaller.ProfileAttribute, chosen.ToString()));
        identity.AddClaim(new Claim(HttpRegistration.AttributeClaimPrefix + ViewerCaller.MaturityAttribute, $"{account.Profiles[chosen]}"));
        return new ClaimsPrincipal(identity);
    }
}
