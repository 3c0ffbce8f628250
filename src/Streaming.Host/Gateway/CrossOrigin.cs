using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using Streaming.Platform.Consistency;

namespace Streaming.Host.Gateway;

/// <summary>Lets pages of the sites in <c>gateway:cors:origins</c> use the API, with a token and never with our cookie. Media says for itself who may.</summary>
internal static class CrossOrigin
{
    private static readonly TimeSpan _remembered = TimeSpan.FromMinutes(10);

    public static void AddCrossOrigin(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<GatewaySettings>((cors, settings) => cors.AddDefaultPolicy(policy => policy
            .SetIsOriginAllowed(origin => settings.Current.Cors.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            .AllowAnyMethod()
            .AllowAnyHeader()
            .WithExposedHeaders(
                HeaderNames.ETag, HeaderNames.Location, HeaderNames.RetryAfter, RequestIdentity.Header, "RateLimit", "RateLimit-Policy", SessionPosition.Header, SessionPosition.Consistency,
                "Tus-Resumable", "Upload-Offset", "Upload-Length", "Streaming-Ingest")
            .SetPreflightMaxAge(_remembered)));
    }

    public static void UseCrossOrigin(this IApplicationBuilder app)
    {
        var settings = app.ApplicationServices.GetRequiredService<GatewaySettings>();
        app.UseWhen(
            context => settings.Current.Cors.Origins.Length > 0 && context.Request.Headers.Origin.Count > 0
                && (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/ofrep")),
            api => api.UseCors());
    }
}
