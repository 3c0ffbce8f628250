using System.Security.Claims;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;

namespace Streaming.Users.Sessions;

/// <summary>What a cookie or a token says: no more than who, as of which password, and which profile. The rest is looked up.</summary>
internal sealed record Session(Guid Id, Guid Account, string Stamp, Guid? Profile)
{
    private const string IdClaim = "session";
    private const string StampClaim = "stamp";
    private const string ProfileClaim = "profile";

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, Account.ToString()));
        identity.AddClaim(new Claim(IdClaim, Id.ToString()));
        identity.AddClaim(new Claim(StampClaim, Stamp));
        if (Profile is { } profile) identity.AddClaim(new Claim(ProfileClaim, profile.ToString()));
        return new ClaimsPrincipal(identity);
    }

    public static Session? From(ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var account) && principal.FindFirstValue(StampClaim) is { } stamp
        && Guid.TryParse(principal.FindFirstValue(IdClaim), out var id)
            ? new Session(id, account, stamp, Guid.TryParse(principal.FindFirstValue(ProfileClaim), out var profile) ? profile : null)
            : null;

    /// <summary>The principal that pages and endpoints see.</summary>
    /// <param name="account">As it is now.</param>
    /// <param name="roles">Those that this caller has of the account's.</param>
    /// <param name="session">Absent for a key, which has none.</param>
    /// <param name="profile">The one chosen.</param>
    /// <param name="scheme">How the caller has said who it is.</param>
    public static ClaimsPrincipal Caller(KnownAccount account, IEnumerable<string> roles, Guid? session, Guid? profile, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, account.Id.ToString()));
        identity.AddClaim(new Claim(ClaimTypes.Name, account.Email));
        identity.AddClaims(roles.Select(role => new Claim(ClaimTypes.Role, role)));
        if (session is { } id) identity.AddClaim(new Claim(HttpRegistration.AttributeClaimPrefix + SessionHandler.SessionAttribute, id.ToString()));
        if (profile is not { } chosen) return new ClaimsPrincipal(identity);

        identity.AddClaim(new Claim(HttpRegistration.AttributeClaimPrefix + ViewerCaller.ProfileAttribute, chosen.ToString()));
        identity.AddClaim(new Claim(HttpRegistration.AttributeClaimPrefix + ViewerCaller.MaturityAttribute, $"{account.Profiles[chosen]}"));
        return new ClaimsPrincipal(identity);
    }
}
