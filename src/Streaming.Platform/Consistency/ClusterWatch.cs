using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Streaming.Platform.Consistency;

/// <summary>
/// Looks at every server of the cluster five times a second, on a connection of its own: is it there, is it the primary, how far is it.
/// With one server it ends at once.
/// </summary>
internal sealed partial class ClusterWatch(Cluster cluster, ConsistencyLevels levels, ClusterTelemetry telemetry, TimeProvider clock, ILogger<ClusterWatch> log) : BackgroundService
{
    private const string Question = """
        SELECT recovering,
          CASE WHEN recovering THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END,
          CASE WHEN recovering THEN (SELECT received_tli FROM pg_stat_wal_receiver)
            ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
          current_setting('synchronous_standby_names'), current_setting('synchronous_commit'), current_setting('fsync')
        FROM pg_is_in_recovery() recovering
        """;

    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

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
            await using var connection = new NpgsqlConnection(Connection(server));
            cluster.Saw(server, await Look(connection, cancellationToken));
        }));
        Tell();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(cluster.Servers.Select(server => Follow(server, stoppingToken)));

    private async Task Follow(ClusterServer server, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(Connection(server));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var before = server.Sight;
                cluster.Saw(server, await Look(connection, stop));
                if (before is null != server.Sight is null) Turned(server);
                Tell();
                await server.Due(_pace, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>What the server says of itself; null where it does not answer in time.</summary>
    private async Task<ServerSight?> Look(NpgsqlConnection connection, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(_patience, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            if (connection.State != System.Data.ConnectionState.Open)
            {
                await connection.CloseAsync();
                await connection.OpenAsync(linked.Token);
            }

            await using var command = new NpgsqlCommand(Question, connection);
            await using var row = await command.ExecuteReaderAsync(linked.Token);
            await row.ReadAsync(linked.Token);
            return new ServerSight(
                !row.GetBoolean(0),
                row.IsDBNull(1) ? 0 : (ulong)row.GetFieldValue<NpgsqlLogSequenceNumber>(1),
                row.IsDBNull(2) ? null : row.GetInt32(2),
                row.GetString(3), row.GetString(4), row.GetString(5) == "on");
        }
        catch (Exception failure) when (!stop.IsCancellationRequested && failure is NpgsqlException or OperationCanceledException or InvalidOperationException or TimeoutException or System.Net.Sockets.SocketException)
        {
            NotSeen(log, failure.Message);
            return null;
        }
    }

    private string Connection(ClusterServer server) => cluster.Options!.ToServer(cluster.Options.Servers.First(s => s.Name == server.Name), isPooled: false);

    private void Turned(ClusterServer server)
    {
        if (server.Sight is null) Gone(log, server.Name);
        else Back(log, server.Name, server.Sight.IsPrimary ? "primary" : "standby");
    }

    /// <summary>Says once what has changed for all.</summary>
    private void Tell()
    {
        lock (cluster)
        {
            if (cluster.Primary is { } primary && primary.Name != _primary)
            {
                if (_primary is null) First(log, primary.Name);
                else Promoted(log, primary.Name, _primary);
                _primary = primary.Name;
            }

            if (cluster.QuorumFault != _quorumFault && (_quorumFault = cluster.QuorumFault) is { } fault) NoQuorum(log, fault);
            if (cluster.Pretenders.Count > _pretenders) Split(log, _primary!, string.Join(", ", cluster.Pretenders.Select(p => p.Name)));
            _pretenders = cluster.Pretenders.Count;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Server} is the primary of the PostgreSQL cluster")]
    private static partial void First(ILogger logger, string server);

    [LoggerMessage(2, LogLevel.Warning, "{Server} is the primary of the PostgreSQL cluster now, in place of {Before}")]
    private static partial void Promoted(ILogger logger, string server, string before);

    [LoggerMessage(3, LogLevel.Warning, "The PostgreSQL server {Server} does not answer; it is not read until it does")]
    private static partial void Gone(ILogger logger, string server);

    [LoggerMessage(4, LogLevel.Information, "The PostgreSQL server {Server} answers again, as a {Role}")]
    private static partial void Back(ILogger logger, string server, string role);

    [LoggerMessage(5, LogLevel.Error, "Writes at quorum are less than that: {Reason}")]
    private static partial void NoQuorum(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Critical, "Beside {Primary} also {Others} takes writes; stop it at once and rewind it, for what it takes is lost")]
    private static partial void Split(ILogger logger, string primary, string others);

    [LoggerMessage(7, LogLevel.Debug, "A PostgreSQL server was not seen: {Reason}")]
    private static partial void NotSeen(ILogger logger, string reason);
}
