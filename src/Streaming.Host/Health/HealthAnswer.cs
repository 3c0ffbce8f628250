using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Streaming.Host.Health;

/// <summary>Health as JSON: the state, and for what is not well the reason.</summary>
internal static class HealthAnswer
{
    /// <summary>That the process can answer; nothing is looked at.</summary>
    public static Task WriteLive(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new { status = "live" });

    public static Task WriteReady(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = Word(report.Status),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = Word(e.Value.Status), reason = e.Value.Description }),
    });

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ready",
        HealthStatus.Degraded => "degraded",
        _ => "not-ready",
    };
}
