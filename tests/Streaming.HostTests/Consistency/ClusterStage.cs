using System.Diagnostics;
using System.Text.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Consistency;

/// <summary>Three real servers, and a host in the zone of pg-2 on them.</summary>
public abstract class ClusterStage
{
    private protected PostgresCluster Cluster { get; private set; } = null!;

    private protected TestHost Host { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Cluster = await Servers.Start();
        Host = await TestHost.Start(null, [.. Cluster.Settings(), ("data:consistency:catalog.title-history", "one"), ("data:consistency:catalog.genres", "QUORUM")]);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (Host is not null) await Host.DisposeAsync();
        if (Cluster is not null) await Cluster.DisposeAsync();
    }

    private protected static async Task Until(HttpClient client, Func<JsonElement, bool> reached)
    {
        JsonElement board;
        for (var since = Stopwatch.StartNew(); !reached(board = await client.Board()); await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20), board.ToString());
    }
}
