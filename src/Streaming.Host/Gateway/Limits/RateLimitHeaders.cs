using System.Globalization;

namespace Streaming.Host.Gateway.Limits;

/// <summary><c>RateLimit-Policy</c> and <c>RateLimit</c> as the IETF drafts them (draft-ietf-httpapi-ratelimit-headers-10).</summary>
internal static class RateLimitHeaders
{
    public static void Set(IHeaderDictionary headers, RateLimit limit, Taken taken)
    {
        var window = Math.Max(1, Math.Ceiling(limit.Burst / limit.PerSecond));
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{limit.Name}\";q={limit.Burst};w={window:0}");
        headers["RateLimit"] = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{limit.Name}\";r={Math.Max(0, Math.Floor(taken.Left)):0};t={Math.Ceiling(taken.IsAllowed ? (limit.Burst - taken.Left) / limit.PerSecond : taken.RetryAfter.TotalSeconds):0}");
    }
}
