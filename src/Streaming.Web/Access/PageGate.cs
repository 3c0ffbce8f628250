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
    public static void Guard(EndpointBuilder endpoint)
    {
        var page = endpoint.RequestDelegate!;
        var access = endpoint.Metadata.OfType<OpenToAttribute>().LastOrDefault()?.Access ?? PageAccess.Viewer;
        endpoint.RequestDelegate = async http =>
        {
            // As antiforgery would have it, which otherwise writes a warning with each page.
            http.Response.Headers.CacheControl = "no-cache, no-store";
            http.Response.Headers.Pragma = "no-cache";
            if (await DestinationAsync(http, access) is { } elsewhere) http.Response.Redirect(elsewhere);
            else if (!Allowed(http, access)) await MessagePage.ShowAsync(http, MessagePage.Forbidden);
            else await page(http);
        };
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
