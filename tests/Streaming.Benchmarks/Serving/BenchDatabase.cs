using Npgsql;

namespace Streaming.Benchmarks.Serving;

/// <summary>What the host keeps its rows in: SQLite, or a PostgreSQL database that is dropped afterwards.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string? _server;
    private readonly string? _name;

    private BenchDatabase(string label, string? server, string? name) => (Label, _server, _name) = (label, server, name);

    public string Label { get; }

    public string? Postgres => _server is null ? null : new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ToString();

    public (string Key, string Value)[] Settings => Postgres is { } connection ? [("data:postgres", connection)] : [];

    public static BenchDatabase Sqlite() => new("SQLite", null, null);

    public static async Task<BenchDatabase> Create(string server, CancellationToken ct)
    {
        var name = $"bench_{Guid.NewGuid():N}";
        await Execute(server, $"CREATE DATABASE {name}", ct);
        return new BenchDatabase("PostgreSQL", server, name);
    }

    /// <summary>PostgreSQL plans by what it knows of the tables, and of rows that came all at once it learns only within a minute.</summary>
    public Task Analyze(CancellationToken ct) => Postgres is { } own ? Execute(own, "ANALYZE", ct) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            return;
        }

        NpgsqlConnection.ClearAllPools();
        await Execute(_server, $"DROP DATABASE {_name} WITH (FORCE)", CancellationToken.None);
    }

    private static async Task Execute(string server, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
