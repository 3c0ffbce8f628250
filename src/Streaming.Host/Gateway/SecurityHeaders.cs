namespace Streaming.Host.Gateway;

/// <summary>Headers that every answer carries.</summary>
internal static class SecurityHeaders
{
    // blob: is what a player feeds the browser with; everything else comes from this host alone.
    private const string Policy =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; font-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        context.Response.OnStarting(static state =>
        {
            var response = ((HttpContext)state).Response;
            if (response.Headers.CacheControl.Count == 0) response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
