using System.Text;
using Npgsql;

namespace Streaming.Platform.Data.Moving;

/// <summary>
/// Keeps everybody from writing a module's tables, in the database itself: a trigger that refuses. It holds for owners and superusers, needs
/// no process to agree, and outlives them all. What replication applies does not fire it, so the other side still follows. Making it takes a
/// lock that waits for whoever is writing, and refuses whoever comes later.
/// </summary>
internal static class Fence
{
    /// <summary>How a refused write looks to whoever made it.</summary>
    public const string SqlState = "SV001";

    private const string Name = "streaming_fence";

    /// <param name="side">A connection to that side.</param>
    /// <param name="schema">The module's.</param>
    /// <param name="patience">How long to wait for those who write.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="PostgresException">Somebody writes for longer than that; nothing was changed.</exception>
    public static async Task Raise(NpgsqlConnection side, string schema, TimeSpan patience, CancellationToken ct)
    {
        var tables = await Side.Tables(side, schema, ct);
        await using var transaction = await side.BeginTransactionAsync(ct);
        var sql = new StringBuilder($"""
            SET LOCAL lock_timeout = '{patience.TotalMilliseconds:0}ms';
            CREATE OR REPLACE FUNCTION {schema}.{Name}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the rows of {schema} are being moved, or have been' USING ERRCODE = '{SqlState}'; END $$;
            LOCK TABLE {string.Join(", ", tables)} IN SHARE ROW EXCLUSIVE MODE;

            """);
        foreach (var table in tables)
            sql.AppendLine($"DROP TRIGGER IF EXISTS {Name} ON {table}; CREATE TRIGGER {Name} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{Name}();");
        await Side.Run(side, sql.ToString(), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Lets everybody write again; where there is none nothing happens.</summary>
    public static Task Lower(NpgsqlConnection side, string schema, CancellationToken ct) => Side.Run(side, $"DROP FUNCTION IF EXISTS {schema}.{Name}() CASCADE", ct);

    public static async Task<bool> IsUp(NpgsqlConnection side, string schema, CancellationToken ct) =>
        await Side.Ask<long>(side, $"SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND t.tgname = '{Name}'", ct) > 0;
}
