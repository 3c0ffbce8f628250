using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Host.Composition;

namespace Streaming.Host.Health;

/// <summary>Whoever has changed <c>streaming.json</c> has to learn that it was not taken over; the log alone is not where they look.</summary>
internal sealed class ConfigurationHealth(ConfigurationWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(watch.Fault is { } fault ? HealthCheckResult.Degraded(fault) : HealthCheckResult.Healthy());
}
