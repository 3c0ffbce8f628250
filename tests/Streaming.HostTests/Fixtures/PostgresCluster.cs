using System.Diagnostics;
using Npgsql;

namespace Streaming.HostTests.Fixtures;

/// <summary>Three PostgreSQL servers that replicate, pg-1 the primary, each in a zone of its own; with the schema of this version.</summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private readonly string _home;

    private PostgresCluster(string home)
    {
        _home = home;
        Servers = [new("pg-1", home), new("pg-2", home), new("pg-3", home)];
    }

    public IReadOnlyList<PostgresServer> Servers { get; }

    public PostgresServer First => Servers[0];

    public PostgresServer Second => Servers[1];

    public PostgresServer Third => Servers[2];

    /// <summary>A folder that PostgreSQL's user may write.</summary>
    public static async Task<string> NewHome()
    {
        if (PostgresServer.Programs is null) Assert.Ignore("PostgreSQL's programs are not in /usr/lib/postgresql; install postgresql.");
        var home = Directory.CreateTempSubdirectory("streaming-cluster-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Process.Start("chown", ["postgres:", home]);
            await chown.WaitForExitAsync();
        }

        return home;
    }

    /// <param name="like">A server that was stopped with what the three begin with.</param>
    public static async Task<PostgresCluster> Start(PostgresServer like)
    {
        var cluster = new PostgresCluster(await NewHome());
        try
        {
            await cluster.First.From(like, primary: null);
            await cluster.First.Start();
            await Task.WhenAll(cluster.Servers.Skip(1).Select(async standby =>
            {
                await standby.From(like, cluster.First);
                await standby.Start();
            }));
            await cluster.CaughtUp();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a host is told of it: it is in the second server's zone.</summary>
    public (string Key, string Value)[] Settings(string more = "") =>
    [
        ("data:postgres", $"Username=postgres;Database=streaming;{more}"),
        ("data:zone", "zone-2"),
        .. Servers.SelectMany((server, i) => new[]
        {
            ($"data:servers:{i}:name", server.Name), ($"data:servers:{i}:host", server.Host), ($"data:servers:{i}:zone", $"zone-{i + 1}"),
        }),
    ];

    /// <summary>Until both standbys have replayed what the primary has.</summary>
    public async Task CaughtUp()
    {
        var written = await First.Ask<string>("SELECT pg_current_wal_flush_lsn()::text");
        foreach (var standby in Servers.Skip(1))
            for (var since = Stopwatch.StartNew(); !await standby.Ask<bool>($"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"); await Task.Delay(20))
                Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20), $"{standby.Name} does not catch up");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers) await server.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        Directory.Delete(_home, recursive: true);
    }
}
