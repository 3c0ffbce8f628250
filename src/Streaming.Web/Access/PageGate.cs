using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Users;
using Streaming.Web.Shared;

namespace Streaming.Web.Access;

/// <summary>Stands before every page: sends strangers to sign in, accounts to choose a profile, and says no where it must.</summary>
internal static class PageGate
{
    // Styles and scripts only from the bundle; blob: is how media source buffers reach the video element.
    private const string ContentSecurityPolicy =
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void Guard(EndpointBuilder endpoint)
    {
        var page = endpoint.RequestDelegate!;
        var access = endpoint.Metadata.OfType<OpenToAttribute>().LastOrDefault()?.Access ?? PageAccess.Viewer;
        endpoint.RequestDelegate = async http =>
        {
            Protect(http.Response);
            if (await DestinationAsync(http, access) is { } elsewhere) http.Response.Redirect(elsewhere);
            else if (!Allowed(http, access)) await MessagePage.Forbidden.ExecuteAsync(http);
            else await page(http);
        };
    }

    public static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers.Pragma = "no-cache";
    }

    private static bool Allowed(HttpContext http, PageAccess access)
    {
        var caller = http.RequestServices.GetRequiredService<PageCaller>();
        return access switch
        {
            PageAccess.Publisher => caller.MayPublish,
            PageAccess.Operator => caller.MayOperate,
            _ => true,
        };
    }

    private static async Task<string?> DestinationAsync(HttpContext http, PageAccess access)
    {
        if (access == PageAccess.Anybody) return null;

        var caller = http.RequestServices.GetRequiredService<PageCaller>().Caller;
        var back = Uri.EscapeDataString(http.Request.Path + http.Request.QueryString);
        if (!caller.IsKnown)
        {
            var mediator = http.RequestServices.GetRequiredService<IMediator>();
            var fresh = (await mediator.Send(new GetSetupState(), http.RequestAborted)).TryGet(out var state, out _) && !state.HasAccounts;
            return fresh ? "/register" : $"/sign-in?returnUrl={back}";
        }

        return access == PageAccess.Viewer && caller.ProfileId is null ? $"/profiles?returnUrl={back}" : null;
    }
}
