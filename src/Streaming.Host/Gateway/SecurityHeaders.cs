using System.Diagnostics;

namespace Streaming.Host.Gateway;

/// <summary>Headers that every answer carries, also one that was begun anew after something went wrong.</summary>
internal static class SecurityHeaders
{
    // blob: is what a player feeds the browser with; everything else comes from this host alone.
    private const string Policy =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; font-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers[RequestIdentity.Header] = context.TraceIdentifier;
            if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } trace) headers.TraceParent = trace.Id;
            if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
