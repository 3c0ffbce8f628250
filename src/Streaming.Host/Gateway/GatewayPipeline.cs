using Streaming.Host.Gateway.Forwarding;
using Streaming.Host.Gateway.Limits;
using Streaming.Host.Gateway.Shedding;

namespace Streaming.Host.Gateway;

/// <summary>What every request passes before it reaches a module.</summary>
internal static class GatewayPipeline
{
    // Where nothing says that it has one, WebApplication puts authentication before all else, and of what stands in a branch it knows nothing.
    private const string HasAuthentication = "__AuthenticationMiddlewareSet";

    private static readonly TimeSpan _hsts = TimeSpan.FromDays(365);

    public static void AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<GatewaySettings>().AddSingleton<GatewayTelemetry>().AddSingleton<TrafficMap>().AddSingleton<RequestIds>();
        services.AddSingleton<RateLimits>().AddSingleton<LoadShedder>().AddSingleton<MediaGate>();
        services.AddHostedService<GatewayStart>();
        services.AddForwarding();
        services.AddCrossOrigin();
        services.AddHsts(hsts => hsts.MaxAge = _hsts);
        services.Configure<ProblemDetailsOptions>(problems =>
        {
            var before = problems.CustomizeProblemDetails;
            problems.CustomizeProblemDetails = context =>
            {
                before?.Invoke(context);
                context.ProblemDetails.Extensions["requestId"] = context.HttpContext.TraceIdentifier;
            };
        });
        if (GatewayReading.Read(configuration).Limits.Redis is not { } redis) return;
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisTokenStore>(provider, redis));
        services.AddSingleton<ITokenStore>(provider => provider.GetRequiredService<RedisTokenStore>());
        services.AddHostedService(provider => provider.GetRequiredService<RedisTokenStore>());
    }

    /// <summary>After routing: until when, and whether at all.</summary>
    public static void UseAdmission(this IApplicationBuilder app)
    {
        app.UseRequestTags();
        app.UseMiddleware<RequestDeadline>();
        app.UseCrossOrigin();
        app.UseMiddleware<RateLimiting>(true);
        app.UseMiddleware<LoadShedding>();
        app.UseMiddleware<PlaybackFirst>();
    }

    /// <summary>Who brings nothing by which to be known is nobody, without anybody being asked.</summary>
    public static void UseSignIn(this IApplicationBuilder app)
    {
        app.Properties[HasAuthentication] = true;
        app.UseWhen(
            static context => context.Request.Headers is var headers && (headers.Cookie.Count > 0 || headers.Authorization.Count > 0), known => known.UseAuthentication());
    }

    /// <summary>After authentication: the limits of whoever it is.</summary>
    public static void UseCallerLimits(this IApplicationBuilder app) => app.UseMiddleware<RateLimiting>(false);

    /// <summary>After authentication, around whatever goes on for longer than it took to ask who it is.</summary>
    public static void UseSignedInStreams(this IApplicationBuilder app) => app.UseMiddleware<SignedInStreams>();
}
