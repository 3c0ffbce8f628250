using System.Data;
using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;

namespace Streaming.Platform.Consistency;

/// <summary>
/// Asks one server what it is, on a connection of its own. A server that hangs is not asked to stop answering, for Npgsql would wait for
/// that on the thread: the same question is waited for again the next time, until it is answered or its connection breaks.
/// </summary>
internal sealed class Sighting(string connection) : IAsyncDisposable
{
    private const string Question = """
        SELECT recovering,
          CASE WHEN recovering THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END,
          CASE WHEN recovering THEN (SELECT received_tli FROM pg_stat_wal_receiver)
            ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
          current_setting('synchronous_standby_names'), current_setting('synchronous_commit'), current_setting('fsync')
        FROM pg_is_in_recovery() recovering
        """;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private NpgsqlConnection _connection = new(connection);
    private Task<ServerSight?>? _asking;

    /// <summary>What the server says of itself; null where it does not answer within a second.</summary>
    public async Task<ServerSight?> Look(TimeProvider clock, CancellationToken stop)
    {
        // An answer to an earlier question is too old, and only shows that the server is there again.
        if (_asking is { IsCompleted: true }) _asking = null;
        _asking ??= Ask();
        if (!_asking.IsCompleted) await Task.WhenAny(_asking, Task.Delay(_patience, clock, stop));
        stop.ThrowIfCancellationRequested();
        if (!_asking.IsCompleted) return null;
        var answer = await _asking;
        _asking = null;
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        // One that is still asked is closed by its end.
        if (_asking is null or { IsCompleted: true }) await _connection.DisposeAsync();
    }

    private async Task<ServerSight?> Ask()
    {
        try
        {
            if (_connection.State != ConnectionState.Open)
            {
                await _connection.DisposeAsync();
                _connection = new NpgsqlConnection(connection);
                await _connection.OpenAsync(CancellationToken.None);
            }

            await using var command = new NpgsqlCommand(Question, _connection);
            await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
            await row.ReadAsync(CancellationToken.None);
            return new ServerSight(
                !row.GetBoolean(0),
                row.IsDBNull(1) ? 0 : (ulong)row.GetFieldValue<NpgsqlLogSequenceNumber>(1),
                row.IsDBNull(2) ? null : row.GetInt32(2),
                row.GetString(3), row.GetString(4), row.GetString(5) == "on");
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or TimeoutException or SocketException or IOException)
        {
            return null;
        }
    }
}
