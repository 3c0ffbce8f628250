using System.Runtime.ExceptionServices;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;

namespace Streaming.Users.Sessions;

/// <summary>
/// The default scheme. It reads the cookie, or what the Authorization header bears, asks the account as it is now for roles and
/// profiles, and refuses a bad token or somebody else's profile at once, before any endpoint runs.
/// </summary>
internal sealed class SessionHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KnownAccounts accounts,
    SessionActivity activity,
    OperatorKey operatorKey) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder), IAuthenticationRequestHandler
{
    public const string SchemeName = "streaming";
    public const string ProfileHeader = "Streaming-Profile";

    /// <summary>The attribute of a caller that names its session; a key has none.</summary>
    public const string SessionAttribute = "session";

    /// <summary>The attribute of a caller that came with a key: the key's id, by which it has limits of its own.</summary>
    public const string KeyAttribute = "key";

    private const string Bearer = "Bearer ";

    /// <summary>A store that hangs is as good as away for somebody who was known a moment ago.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(300);

    private static readonly Error _badToken = new(
        ErrorKind.Forbidden, Error.SignInRequired, "The token is not valid any more, or never was. Sign in for a new one.");

    private Error? _refusal;
    private Exception? _unasked;

    public static Guid? SessionOf(Caller caller) => Guid.TryParse(caller.Attributes.GetValueOrDefault(SessionAttribute), out var id) ? id : null;

    public static Guid? SessionOf(ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(HttpRegistration.AttributeClaimPrefix + SessionAttribute), out var id) ? id : null;

    public async Task<bool> HandleRequestAsync()
    {
        await AuthenticateAsync();
        // Not while the page that says so is made, which needs to know nobody.
        if (_unasked is not null && Context.Features.Get<IExceptionHandlerFeature>() is null) ExceptionDispatchInfo.Throw(_unasked);
        if (Request.Headers.Authorization.Count == 0 && Request.Headers[ProfileHeader].Count == 0) return false;
        if (_refusal is null || Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) return false;
        await Answer(_refusal);
        return true;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        try
        {
            return await Authenticate();
        }
        catch (Exception failure) when (StorageFault.Of(failure) is not null)
        {
            _unasked = failure;
            return AuthenticateResult.Fail(failure);
        }
    }

    private async Task<AuthenticateResult> Authenticate()
    {
        var authorization = Request.Headers.Authorization.ToString();
        if (authorization.Length == 0) return IsOtherSitesDoing ? AuthenticateResult.NoResult() : await Resume(IdentityConstants.ApplicationScheme);
        // Whatever else an Authorization header holds is not for this scheme, and must not fall back to a cookie.
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        if (OperatorKey.IsOne(authorization.AsSpan(Bearer.Length)))
            return operatorKey.Matches(authorization[Bearer.Length..]) ? Success(OperatorKey.Caller, null) : Refuse(_badToken);

        if (ApiKey.IsOne(authorization.AsSpan(Bearer.Length))) return await ByKey(authorization[Bearer.Length..]);
        var resumed = await Resume(IdentityConstants.BearerScheme);
        return resumed.Succeeded || _refusal is not null ? resumed : Refuse(_badToken);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (IsForPrograms) await Answer(_refusal ?? Error.Unauthenticated());
        else Response.Redirect($"/sign-in?returnUrl={Uri.EscapeDataString(OriginalPathBase + OriginalPath + Request.QueryString)}");
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (IsForPrograms) await Answer(Error.Forbidden("role-required", "This needs a role that the account does not have. Ask an operator for it."));
        else Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    /// <summary>
    /// A change that another site's page makes with this one's cookie. SameSite=Lax holds back most; not what comes from another port or
    /// another subdomain. Where a browser does not say Sec-Fetch-Site, as over plain HTTP to another machine, its Origin has to be this site.
    /// </summary>
    private bool IsOtherSitesDoing =>
        !HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method)
        && (Request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site ? site.ToString() is not ("same-origin" or "none") : !IsOwn(Request.Headers.Origin));

    // By host and port alone: a proxy that ends TLS may not say so. Both come from a browser, which leaves out a scheme's own port.
    private bool IsOwn(StringValues origin) =>
        origin.Count == 0 || (Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var from) && from.Authority.Equals(Request.Host.Value, StringComparison.OrdinalIgnoreCase));

    private bool MayGoOn => Context.Features.Get<KnownFromBefore>() is not null;

    private bool IsForPrograms => Request.Headers.Authorization.Count > 0 || Request.Path.StartsWithSegments("/api") || Request.Path.StartsWithSegments("/ops");

    private async Task<AuthenticateResult> Resume(string scheme)
    {
        var ticket = await Context.AuthenticateAsync(scheme);
        if (!ticket.Succeeded || Session.From(ticket.Principal) is not { } session) return AuthenticateResult.NoResult();
        var (account, isFromBefore) = await Find(session);
        if (account is null || account.Stamp != session.Stamp || !account.Sessions.Contains(session.Id)) return AuthenticateResult.NoResult();
        activity.Note(session.Id);
        // Playing is all that goes on: what only a publisher or an operator may waits until somebody can say that they still are one.
        return await As(account, isFromBefore ? [Roles.Viewer] : account.Roles, session, ticket.Properties, scheme);
    }

    private async Task<(KnownAccount? Account, bool IsFromBefore)> Find(Session session)
    {
        var last = MayGoOn && accounts.Last(session.Account) is { } known && known.Sessions.Contains(session.Id) ? known : null;
        try
        {
            return (last is null ? await Ask(session) : await Ask(session).WaitAsync(_patience, TimeProvider, Context.RequestAborted), false);
        }
        catch (Exception failure) when (last is not null && (failure is TimeoutException || StorageFault.Of(failure) is not null))
        {
            return (last, true);
        }
    }

    private async Task<KnownAccount?> Ask(Session session)
    {
        var account = await accounts.Find(session.Account, Context.RequestAborted);
        // Begun a moment ago by way of another host, it is missing in what is known here.
        return account is null || account.Sessions.Contains(session.Id) ? account : await accounts.FindAgain(session.Account, Context.RequestAborted);
    }

    private async Task<AuthenticateResult> ByKey(string key)
    {
        if (await accounts.FindByKey(ApiKey.HashOf(key), Context.RequestAborted) is not { } found) return Refuse(_badToken);
        var (account, granted) = found;
        var roles = account.Roles.Intersect(Account.RolesOf(granted.Role == Roles.Publisher, granted.Role == Roles.Operator));
        var known = await As(account, roles, session: null, properties: null, nameof(ApiKey));
        (known.Principal?.Identity as ClaimsIdentity)?.AddClaim(new Claim(HttpRegistration.AttributeClaimPrefix + KeyAttribute, granted.Id.ToString()));
        return known;
    }

    private async Task<AuthenticateResult> As(
        KnownAccount account, IEnumerable<string> roles, Session? session, AuthenticationProperties? properties, string scheme)
    {
        var wanted = session?.Profile;
        if (Request.Headers[ProfileHeader] is { Count: > 0 } header)
        {
            if (!Guid.TryParse(header.ToString(), out var named)) return Refuse(Error.Invalid(ProfileHeader, "The header is the id of a profile."));
            wanted = named;
        }

        if (wanted is { } missing && !account.Profiles.ContainsKey(missing))
        {
            // It may have been made a moment ago by another process.
            account = await accounts.FindAgain(account.Id, Context.RequestAborted) ?? account;
            if (!account.Profiles.ContainsKey(missing))
            {
                if (missing != session?.Profile || Request.Headers[ProfileHeader].Count > 0) return Refuse(Error.NotFound("profile", missing));
                wanted = null;
            }
        }

        // Of one there is nothing to choose, also when the others went since the session began.
        if (wanted is null && account.Profiles.Count == 1) wanted = account.Profiles.Keys.Single();
        return Success(Session.Caller(account, roles, session?.Id, wanted, scheme), properties);
    }

    private AuthenticateResult Success(ClaimsPrincipal principal, AuthenticationProperties? properties) =>
        AuthenticateResult.Success(new AuthenticationTicket(principal, properties, Scheme.Name));

    private AuthenticateResult Refuse(Error error)
    {
        _refusal = error;
        return AuthenticateResult.Fail(error.Message);
    }

    private Task Answer(Error error)
    {
        Response.Headers.CacheControl = "no-store";
        return Problems.From(error).ExecuteAsync(Context);
    }
}
