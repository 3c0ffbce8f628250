using Streaming.Host.Gateway.Limits;
using Streaming.Host.Gateway.Shedding;
using Streaming.Platform.Http;

namespace Streaming.Host.Gateway;

/// <summary>Looks at the start whether every limit that a route names is there, and shows the gateway's state in the metrics.</summary>
internal sealed class GatewayStart(
    IEnumerable<EndpointDataSource> routes, RateLimits limits, LoadShedder shedder, MediaGate media, GatewayTelemetry telemetry) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var named in routes.SelectMany(r => r.Endpoints).SelectMany(e => e.Metadata.GetOrderedMetadata<RateLimited>()).Distinct()) limits.Named(named.Limit);
        telemetry.Watch(() => shedder.InFlight, () => shedder.Limit, () => media.UnderWay, () => limits.All.Select(l => (l.Limit.Name, l.Buckets.Count)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
