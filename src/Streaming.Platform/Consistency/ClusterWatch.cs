using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Streaming.Platform.Consistency;

/// <summary>
/// Looks at every server of the cluster five times a second, on a connection of its own: is it there, is it the primary, how far is it.
/// With one server it ends at once.
/// </summary>
internal sealed partial class ClusterWatch(Cluster cluster, ConsistencyLevels levels, ClusterTelemetry telemetry, TimeProvider clock, ILogger<ClusterWatch> log) : BackgroundService
{
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(200);

    private string? _primary;
    private string? _quorumFault;
    private int _pretenders;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = (levels, telemetry); // nobody else asks for them at the start, when a wrong level has to be found
        if (cluster.IsOne) return;
        // The first requests find the servers known.
        await Task.WhenAll(cluster.Servers.Select(async server =>
        {
            await using var sight = new Sighting(server.Connection);
            Saw(server, await sight.Look(clock, cancellationToken));
        }));
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(cluster.Servers.Select(server => Follow(server, stoppingToken)));

    private async Task Follow(ClusterServer server, CancellationToken stop)
    {
        await using var sighting = new Sighting(server.Connection);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Saw(server, await sighting.Look(clock, stop));
                await server.Due(_pace, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Saw(ClusterServer server, ServerSight? sight)
    {
        var before = server.Sight;
        cluster.Saw(server, sight);
        if (before is not null && sight is null) Gone(log, server.Name);
        if (before is null && sight is not null) Seen(log, server.Name, sight.IsPrimary ? "primary" : "standby");
        Tell();
    }

    /// <summary>Says once what has changed for all.</summary>
    private void Tell()
    {
        lock (cluster)
        {
            if (cluster.Primary is { } primary && primary.Name != _primary)
            {
                if (_primary is not null) Promoted(log, primary.Name, _primary);
                _primary = primary.Name;
            }

            if (cluster.QuorumFault != _quorumFault && (_quorumFault = cluster.QuorumFault) is { } fault) NoQuorum(log, fault);
            if (cluster.Pretenders.Count > _pretenders) Split(log, _primary!, string.Join(", ", cluster.Pretenders.Select(p => p.Name)));
            _pretenders = cluster.Pretenders.Count;
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "{Server} is the primary of the PostgreSQL cluster now, in place of {Before}")]
    private static partial void Promoted(ILogger logger, string server, string before);

    [LoggerMessage(3, LogLevel.Warning, "The PostgreSQL server {Server} does not answer; it is not read until it does")]
    private static partial void Gone(ILogger logger, string server);

    [LoggerMessage(4, LogLevel.Information, "The PostgreSQL server {Server} answers, as a {Role}")]
    private static partial void Seen(ILogger logger, string server, string role);

    [LoggerMessage(5, LogLevel.Error, "Writes at quorum are less than that: {Reason}")]
    private static partial void NoQuorum(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Critical, "Beside {Primary} also {Others} takes writes; stop it at once and rewind it, for what it takes is lost")]
    private static partial void Split(ILogger logger, string primary, string others);
}
