using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Streaming.Host.Health;

/// <summary>Without ffmpeg films can still be watched but none can come in.</summary>
internal sealed class EncoderHealth(IConfiguration configuration) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var program = configuration["catalog:ffmpeg:ffmpeg"] ?? "ffmpeg";
        var found = Path.IsPathRooted(program)
            ? File.Exists(program)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
        return Task.FromResult(found ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"{program} was not found; install ffmpeg to take films in"));
    }
}
