using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Streaming.Host.Gateway;

/// <summary>Headers that every answer carries, also one that was begun anew after something went wrong.</summary>
internal static class SecurityHeaders
{
    // blob: is what a player feeds the browser with; everything else comes from this host alone.
    private static readonly StringValues _page =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; font-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // What is no page loads nothing and is shown in no frame (OWASP's REST cheat sheet); what else a page may do says nothing there.
    private static readonly StringValues _data = "default-src 'none'; frame-ancestors 'none'";
    private static readonly StringValues _noSniff = "nosniff";
    private static readonly StringValues _noStore = "no-store";
    private static readonly StringValues _referrer = "same-origin";
    private static readonly StringValues _permissions = "camera=(), geolocation=(), microphone=()";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = _noSniff;
            if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
            {
                headers.ContentSecurityPolicy = _page;
                headers["Referrer-Policy"] = _referrer;
                headers["Permissions-Policy"] = _permissions;
            }
            else
            {
                headers.ContentSecurityPolicy = _data;
            }

            headers[RequestIdentity.Header] = context.TraceIdentifier;
            if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } trace) headers.TraceParent = trace.Id;
            if (headers.CacheControl.Count == 0) headers.CacheControl = _noStore;
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
