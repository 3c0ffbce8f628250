using Npgsql;

namespace Streaming.ModuleTests.Fixtures;

/// <summary>A database of its own for one host: a folder of SQLite files, or a PostgreSQL database that is dropped afterwards.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    public const string PostgresVariable = "STREAMING_TEST_POSTGRES";

    private readonly string? _server;
    private readonly string? _name;

    private TestDatabase(string folder, string? server, string? name) => (Folder, _server, _name) = (folder, server, name);

    public string Folder { get; }

    public string? Postgres => _server is null ? null : new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ToString();

    public static async Task<TestDatabase> Create(Engine engine)
    {
        var folder = Directory.CreateTempSubdirectory("streaming-test-").FullName;
        if (engine == Engine.Sqlite) return new TestDatabase(folder, null, null);

        var server = Environment.GetEnvironmentVariable(PostgresVariable);
        if (string.IsNullOrEmpty(server)) Assert.Ignore($"{PostgresVariable} names no PostgreSQL server; build/test starts one.");
        var name = $"t_{Guid.NewGuid():N}";
        await Execute(server, $"CREATE DATABASE {name}");
        return new TestDatabase(folder, server, name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await using (var own = new NpgsqlConnection(Postgres)) NpgsqlConnection.ClearPool(own);
            await Execute(_server, $"DROP DATABASE {_name} WITH (FORCE)");
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task Execute(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
