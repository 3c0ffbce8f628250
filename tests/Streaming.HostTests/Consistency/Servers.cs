using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Streaming.Host.Composition;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Data;

namespace Streaming.HostTests.Consistency;

/// <summary>The server that every cluster of these tests begins as a copy of: with the schema, once for all of them.</summary>
[SetUpFixture]
public sealed class Servers
{
    private static string? _home;
    private static PostgresServer? _like;

    internal static Task<PostgresCluster> Start() => PostgresCluster.Start(_like!);

    [OneTimeSetUp]
    public async Task Prepare()
    {
        _home = await PostgresCluster.NewHome();
        _like = new PostgresServer("like", _home);
        await _like.Initialise();
        await _like.Start();
        await _like.TellIn("postgres", "CREATE DATABASE streaming");
        var settings = new Dictionary<string, string?> { ["data:folder"] = Path.Combine(_home, "host"), ["data:postgres"] = _like.Connection };
        await using (var app = StreamingApplication.Build(settings)) await app.Services.GetRequiredService<ModuleMigrations>().Apply(CancellationToken.None);
        NpgsqlConnection.ClearAllPools();
        await _like.Stop();
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (_like is not null) await _like.DisposeAsync();
        if (_home is not null) Directory.Delete(_home, recursive: true);
    }
}
