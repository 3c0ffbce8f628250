using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Platform.Data;

namespace Streaming.Host.Health;

internal sealed class DatabaseHealth(ModuleMigrations migrations) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await migrations.Fault(cancellationToken) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();
}
