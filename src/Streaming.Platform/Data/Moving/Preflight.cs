using System.Net.Sockets;
using Npgsql;
using Streaming.Kernel;

namespace Streaming.Platform.Data.Moving;

/// <summary>What is in the way of a move, looked for before anything is made.</summary>
internal static class Preflight
{
    /// <returns>Null where nothing is.</returns>
    public static async Task<Error?> Look(string source, string target, string schema, CancellationToken ct)
    {
        NpgsqlConnectionStringBuilder there;
        try
        {
            there = new NpgsqlConnectionStringBuilder(target);
        }
        catch (ArgumentException failure)
        {
            return Error.Invalid("to", $"It is no connection string: {failure.Message}");
        }

        if (string.IsNullOrEmpty(there.Host) || string.IsNullOrEmpty(there.Database)) return Error.Invalid("to", "It names a host and a database, such as Host=10.0.0.8;Database=catalog;Username=streaming.");
        try
        {
            await using var here = await Side.Open(source, ct);
            if (await Side.Ask<string>(here, "SHOW wal_level", ct) != "logical") return Wrong("The installation's server has not wal_level = logical. Set that, and start it again.");
            if (!await MayReplicate(here, ct)) return Wrong("The installation's user may not replicate. Say there: ALTER ROLE … REPLICATION.");
            if (await Unkeyed(here, schema, ct) is [var table, ..]) return Wrong($"{table} has no primary key, so its rows cannot be followed.");
            await using var other = await Side.Open(target, ct);
            if (await Side.Ask<string>(other, "SHOW wal_level", ct) != "logical") return Wrong("The target's server has not wal_level = logical, without which nothing follows back. Set that, and start it again.");
            // Making subscriptions takes a superuser, up to and with PostgreSQL 15.
            foreach (var (side, name) in new[] { (here, "installation's"), (other, "target's") })
                if (!await Side.Ask<bool>(side, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", ct))
                    return Wrong($"The {name} user is no superuser, which PostgreSQL asks of whoever makes a subscription.");
            if (await Side.Ask<string>(here, "SELECT system_identifier::text || current_database() FROM pg_control_system()", ct) == await Side.Ask<string>(other, "SELECT system_identifier::text || current_database() FROM pg_control_system()", ct))
                return Error.Invalid("to", "That is the database that the rows are in.");
            if ((await Side.Tables(other, schema, ct)).Count > 0 && !await Fence.IsUp(other, schema, ct)) return Wrong($"The target has a schema {schema} with tables already. Name an empty database, or drop that schema.");
            return null;
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException)
        {
            return Wrong($"One of the two does not answer as it should: {failure.Message}");
        }
    }

    private static Error Wrong(string message) => Error.Conflict("not-movable", message);

    private static Task<bool> MayReplicate(NpgsqlConnection side, CancellationToken ct) => Side.Ask<bool>(side, "SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user", ct);

    private static Task<IReadOnlyList<string>> Unkeyed(NpgsqlConnection side, string schema, CancellationToken ct) => Side.Column(
        side, $"SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)", ct);
}
