using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Platform.Outbox;

namespace Streaming.Host.Health;

/// <summary>What modules have not been told of waits for an operator; everything else goes on.</summary>
internal sealed class EventHealth(ParkedEvents parked) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await parked.Count(cancellationToken) is > 0 and var count
            ? HealthCheckResult.Degraded($"{count} events could not be delivered and are parked; 'streaming events' tells why, 'streaming events retry' sends them again")
            : HealthCheckResult.Healthy();
}
