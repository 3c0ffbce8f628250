using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Platform.Consistency;

namespace Streaming.Host.Health;

/// <summary>What is amiss among the servers is for an operator; what can be answered is answered meanwhile.</summary>
internal sealed class ConsistencyHealth(ConsistencyBoard board) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(board.Fault() is { } fault ? HealthCheckResult.Degraded(fault) : HealthCheckResult.Healthy());
}
