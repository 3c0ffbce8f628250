using Streaming.Host.Gateway.Limits;
using Streaming.Host.Gateway.Shedding;
using Streaming.Platform.Http;

namespace Streaming.Host.Gateway;

/// <summary>
/// Looks whether every limit that a route names is there, and shows the gateway's state in the metrics. It looks when the host has
/// started: describing all routes once more before that costs a second.
/// </summary>
internal sealed partial class GatewayStart(
    IEnumerable<EndpointDataSource> routes, RateLimits limits, LoadShedder shedder, MediaGate media, GatewayTelemetry telemetry,
    IHostApplicationLifetime host, ILogger<GatewayStart> log) : IHostedService, IDisposable
{
    private CancellationTokenRegistration _started;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        telemetry.Watch(() => shedder.InFlight, () => shedder.Limit, () => media.UnderWay, () => limits.All.Select(l => (l.Limit.Name, l.Buckets.Count)));
        telemetry.Begin(limits.All.Select(l => l.Limit.Name));
        _started = host.ApplicationStarted.Register(() => ThreadPool.QueueUserWorkItem(_ => Check()));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _started.Dispose();

    private void Check()
    {
        try
        {
            foreach (var named in routes.SelectMany(r => r.Endpoints).SelectMany(e => e.Metadata.GetOrderedMetadata<RateLimited>()).Distinct()) limits.Named(named.Limit);
        }
        catch (InvalidOperationException wrong)
        {
            Misnamed(log, wrong.Message);
            host.StopApplication();
        }
    }

    [LoggerMessage(1, LogLevel.Critical, "The host stops, for a route names a limit that there is not: {Reason}")]
    private static partial void Misnamed(ILogger logger, string reason);
}
