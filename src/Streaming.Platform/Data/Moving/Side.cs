using Npgsql;
using NpgsqlTypes;

namespace Streaming.Platform.Data.Moving;

/// <summary>One of the two databases of a move, and what is asked of it. Names of schemas are the modules', which are letters and underscores.</summary>
internal static class Side
{
    public static async Task<NpgsqlConnection> Open(string connection, CancellationToken ct)
    {
        // A pooled one could keep a lock, or be of a server that has been started again since.
        var opened = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, Timeout = 5, CommandTimeout = 60, KeepAlive = 2, ApplicationName = $"streaming move-data {Environment.ProcessId}" }.ConnectionString);
        await opened.OpenAsync(ct);
        return opened;
    }

    public static async Task Run(NpgsqlConnection side, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, side);
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<T> Ask<T>(NpgsqlConnection side, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, side);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    public static async Task<IReadOnlyList<string>> Column(NpgsqlConnection side, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, side);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var values = new List<string>();
        while (await rows.ReadAsync(ct)) values.Add(rows.GetString(0));
        return values;
    }

    /// <summary>The module's own tables, with their schema and ready for SQL; that of the migrations is not among them.</summary>
    public static Task<IReadOnlyList<string>> Tables(NpgsqlConnection side, string schema, CancellationToken ct) => Column(
        side, $"SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND c.relkind = 'r' AND c.relname <> '{DataRegistration.HistoryTable}' ORDER BY 1", ct);

    /// <summary>How far its log is.</summary>
    public static async Task<ulong> Position(NpgsqlConnection side, CancellationToken ct) => (ulong)await Ask<NpgsqlLogSequenceNumber>(side, "SELECT pg_current_wal_insert_lsn()", ct);

    /// <summary>How far whoever reads the slot has confirmed; 0 where there is no such slot.</summary>
    public static async Task<ulong> Confirmed(NpgsqlConnection side, string slot, CancellationToken ct) =>
        (ulong)await Ask<NpgsqlLogSequenceNumber>(side, $"SELECT coalesce((SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '{slot}'), '0/0'::pg_lsn)", ct);

    public static Task MakeSlot(NpgsqlConnection side, string slot, CancellationToken ct) =>
        Run(side, $"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput') WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = '{slot}')", ct);

    /// <summary>Drops it, after whoever reads it has been ended.</summary>
    public static async Task DropSlot(NpgsqlConnection side, string slot, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await Run(side, $"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '{slot}' AND active_pid IS NOT NULL", ct);
            try
            {
                await Run(side, $"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{slot}'", ct);
                return;
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.ObjectInUse && attempt < 20)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    /// <summary>
    /// Drops what the copying of single tables has left behind where the side that copied has died: each table has a slot of its own, named by
    /// PostgreSQL. Those that somebody reads stay.
    /// </summary>
    public static Task DropCopySlots(NpgsqlConnection side, CancellationToken ct) => Run(
        side, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active AND slot_name ~ '^pg_[0-9]+_sync_[0-9]+_'", ct);

    public static async Task Publish(NpgsqlConnection side, string publication, string schema, CancellationToken ct)
    {
        if (await Ask<long>(side, $"SELECT count(*) FROM pg_publication WHERE pubname = '{publication}'", ct) > 0) return;
        await Run(side, $"CREATE PUBLICATION {publication} FOR TABLE {string.Join(", ", await Tables(side, schema, ct))}", ct);
    }

    /// <summary>Lets this side follow the other through a slot that is there.</summary>
    public static async Task Subscribe(NpgsqlConnection side, string subscription, string other, string slot, string publication, bool copies, CancellationToken ct)
    {
        if (await Ask<long>(side, $"SELECT count(*) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE s.subname = '{subscription}' AND d.datname = current_database()", ct) > 0) return;
        await Run(side, $"CREATE SUBSCRIPTION {subscription} CONNECTION '{Libpq(other).Replace("'", "''", StringComparison.Ordinal)}' PUBLICATION {publication} WITH (create_slot = false, slot_name = '{slot}', copy_data = {(copies ? "true" : "false")})", ct);
    }

    /// <summary>Ends following; the slot stays, since the other side may not answer.</summary>
    public static async Task Unsubscribe(NpgsqlConnection side, string subscription, CancellationToken ct)
    {
        if (await Ask<long>(side, $"SELECT count(*) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE s.subname = '{subscription}' AND d.datname = current_database()", ct) == 0) return;
        await Run(side, $"ALTER SUBSCRIPTION {subscription} DISABLE", ct);
        await Run(side, $"ALTER SUBSCRIPTION {subscription} SET (slot_name = NONE)", ct);
        await Run(side, $"DROP SUBSCRIPTION {subscription}", ct);
    }

    /// <summary>Tables that have not been copied whole.</summary>
    public static Task<long> Uncopied(NpgsqlConnection side, string subscription, CancellationToken ct) =>
        Ask<long>(side, $"SELECT count(*) FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid JOIN pg_database d ON d.oid = s.subdbid WHERE s.subname = '{subscription}' AND d.datname = current_database() AND r.srsubstate <> 'r'", ct);

    /// <summary>Bytes of the log that are kept for the slot; 0 where there is none.</summary>
    public static async Task<long> Retained(NpgsqlConnection side, string slot, CancellationToken ct) =>
        await Ask<long>(side, $"SELECT coalesce((SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)::bigint FROM pg_replication_slots WHERE slot_name = '{slot}'), 0)", ct);

    /// <summary>Where each of its sequences is, as commands for the other side: replication does not carry them.</summary>
    public static Task<IReadOnlyList<string>> Sequences(NpgsqlConnection side, string schema, CancellationToken ct) => Column(
        side, $"SELECT format('SELECT setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value IS NOT NULL) FROM pg_sequences WHERE schemaname = '{schema}'", ct);

    private static string Libpq(string connection)
    {
        var c = new NpgsqlConnectionStringBuilder(connection);
        var parts = new (string Key, string? Value)[] { ("host", c.Host), ("port", $"{c.Port}"), ("dbname", c.Database), ("user", c.Username), ("password", c.Password), ("sslmode", c.SslMode.ToString().ToLowerInvariant()) };
        return string.Join(' ', parts.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Key}='{p.Value!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'"));
    }
}
