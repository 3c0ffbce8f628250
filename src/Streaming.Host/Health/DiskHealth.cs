using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Platform.Storage;

namespace Streaming.Host.Health;

/// <summary>A full disk stops uploads and encodes, not playback: degraded, so that a balancer keeps the host.</summary>
internal sealed class DiskHealth(IObjectStore store) : IHealthCheck
{
    private const long LowBytes = 2L << 30;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(store.FreeBytes < LowBytes
            ? HealthCheckResult.Degraded($"only {store.FreeBytes >> 20} MiB are free for media; uploads wait for 2 GiB")
            : HealthCheckResult.Healthy());
}
