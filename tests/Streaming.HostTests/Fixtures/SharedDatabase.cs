using Npgsql;

namespace Streaming.HostTests.Fixtures;

/// <summary>A PostgreSQL database of its own for several hosts, dropped afterwards.</summary>
internal sealed class SharedDatabase : IAsyncDisposable
{
    private const string Variable = "STREAMING_TEST_POSTGRES";

    private readonly string _server;
    private readonly string _name = $"t_{Guid.NewGuid():N}";

    private SharedDatabase(string server) => _server = server;

    public string Connection => new NpgsqlConnectionStringBuilder(_server) { Database = _name, MaxPoolSize = 20 }.ToString();

    public static async Task<SharedDatabase> Create()
    {
        var server = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(server)) Assert.Ignore($"{Variable} names no PostgreSQL server; build/test starts one.");
        var database = new SharedDatabase(server!);
        await database.Execute($"CREATE DATABASE {database._name}");
        return database;
    }

    public async ValueTask DisposeAsync() => await Execute($"DROP DATABASE {_name} WITH (FORCE)");

    private async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(_server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
