using Npgsql;

namespace Streaming.Platform.Data.Moving;

/// <summary>
/// Compares a module's rows on both sides, without stopping anybody: each table in buckets by its key's hash, by number of rows and an MD5 over
/// them. A bucket that differs may only have been written in between, so it is looked at again.
/// </summary>
internal static class Comparison
{
    private const int Buckets = 64;

    /// <param name="source">One side.</param>
    /// <param name="target">The other.</param>
    /// <param name="schema">The module's.</param>
    /// <param name="pause">Between two looks, so that what was written arrives.</param>
    /// <param name="looks">How often at most.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>How many rows are the same, and the tables that still differ.</returns>
    public static async Task<(long Rows, IReadOnlyList<string> Different)> Of(NpgsqlConnection source, NpgsqlConnection target, string schema, TimeSpan pause, int looks, CancellationToken ct)
    {
        var (rows, different) = (0L, new List<string>());
        foreach (var table in await Side.Tables(source, schema, ct))
        {
            var key = await Key(source, table, ct);
            var left = new HashSet<int>(Enumerable.Range(0, Buckets));
            for (var look = 0; look < looks && left.Count > 0; look++)
            {
                if (look > 0) await Task.Delay(pause, ct);
                var (here, there) = (await Look(source, table, key, left, ct), await Look(target, table, key, left, ct));
                foreach (var bucket in left.ToArray())
                    if (here.GetValueOrDefault(bucket) == there.GetValueOrDefault(bucket) && left.Remove(bucket)) rows += here.GetValueOrDefault(bucket).Rows;
            }

            if (left.Count > 0) different.Add(table);
        }

        return (rows, different);
    }

    private static Task<string> Key(NpgsqlConnection side, string table, CancellationToken ct) => Side.Ask<string>(
        side, $"SELECT string_agg(format('%I::text', a.attname), '||chr(1)||' ORDER BY a.attnum) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = '{table.Replace("'", "''", StringComparison.Ordinal)}'::regclass AND i.indisprimary", ct);

    private static async Task<Dictionary<int, (long Rows, string Sum)>> Look(NpgsqlConnection side, string table, string key, IEnumerable<int> buckets, CancellationToken ct)
    {
        var bucket = $"(hashtext({key}) & {Buckets - 1})";
        await using var command = new NpgsqlCommand(
            $"SELECT {bucket}, count(*), md5(string_agg(md5(t::text), '' ORDER BY {key})) FROM {table} t WHERE {bucket} IN ({string.Join(',', buckets)}) GROUP BY 1", side);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var sums = new Dictionary<int, (long, string)>();
        while (await rows.ReadAsync(ct)) sums[rows.GetInt32(0)] = (rows.GetInt64(1), rows.GetString(2));
        return sums;
    }
}
