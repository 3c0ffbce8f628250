using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Streaming.Catalog.Media;

/// <summary>Without ffmpeg films can still be watched but none can come in.</summary>
internal sealed class EncoderHealth(FfmpegOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string[] missing = [.. ((string[])[options.Ffmpeg, options.Ffprobe]).Where(program => !IsThere(program))];
        return Task.FromResult(missing.Length == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"{string.Join(" and ", missing)} was not found; install ffmpeg to take films in"));
    }

    private static bool IsThere(string program) => Path.IsPathRooted(program)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
