using Microsoft.AspNetCore.Http.Features.Authentication;
using Streaming.Host.Gateway.Forwarding;
using Streaming.Platform.Dial;

namespace Streaming.Host.Gateway.Limits;

/// <summary>
/// Takes a token of every limit that a request falls under, and refuses the request where one has none left. It stands in the pipeline
/// twice: by address before anything costs, by user and key once they are known.
/// </summary>
internal sealed class RateLimiting(RequestDelegate next, bool byAddress, RateLimits limits, TrafficMap traffic, GatewaySettings settings, GatewayTelemetry telemetry)
{
    public Task Invoke(HttpContext context)
    {
        if (!byAddress && context.Features.Get<IHttpAuthenticationFeature>()?.User is null) return next(context);
        var about = traffic.Of(context);
        if (about.Kind == TrafficKind.Probe || (!settings.Current.TrustedProxies.AreNone && ForwardedRequest.IsCounted(context))) return next(context);

        foreach (var limited in limits.Everywhere(byAddress))
            if (!Pass(context, limited, out var taken)) return Refuse(context, limited.Limit, taken);
        foreach (var name in about.Limits)
        {
            var limited = limits.Named(name);
            if (limited.Limit.By == LimitedBy.Address == byAddress && !Pass(context, limited, out var taken)) return Refuse(context, limited.Limit, taken);
        }

        return next(context);
    }

    private static bool Pass(HttpContext context, Limited limited, out Taken taken)
    {
        taken = new Taken(true, 0, TimeSpan.Zero);
        var key = limited.Limit.By == LimitedBy.Address
            ? PartitionKey.Of(context.Connection.RemoteIpAddress)
            : PartitionKey.Of(context.RequestServices.GetRequiredService<CallContext>().Caller, limited.Limit.By);
        if (key is not { } known) return true;
        taken = limited.Take(known);
        // Somebody who is nearly there is told so in time; to everybody else it would only be bytes.
        if (taken.IsAllowed && taken.Left < limited.Limit.Burst / 10d) RateLimitHeaders.Set(context.Response.Headers, limited.Limit, taken);
        return taken.IsAllowed;
    }

    private Task Refuse(HttpContext context, RateLimit limit, Taken taken)
    {
        telemetry.Limited(limit.Name);
        RateLimitHeaders.Set(context.Response.Headers, limit, taken);
        return Refusal.TooMany(context, limit.Name, taken.RetryAfter);
    }
}
