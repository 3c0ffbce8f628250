using System.Net;
using System.Text.Json;
using Streaming.Host.Running;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Consistency;

/// <summary>What operators and clients are told of levels and servers, and what is refused at the start.</summary>
public sealed class ConsistencyBoardTests : ClusterStage
{
    [Test]
    public async Task The_report_and_the_headers_say_what_is()
    {
        using var client = await Host.SignedIn();
        using var genres = await client.GetAsync("/api/catalog/genres");
        Assert.That((genres.StatusCode, genres.Consistency()), Is.EqualTo((HttpStatusCode.OK, "quorum; server=pg-1")));
        await Cluster.CaughtUp();
        await Task.Delay(500);
        var before = (await client.Board()).Server("pg-2").GetProperty("answered").GetProperty("localQuorum").GetInt64();
        using var titles = await client.GetAsync("/api/catalog/titles");
        Assert.That(titles.Consistency(), Is.EqualTo("local-quorum; server=pg-2"));

        var board = await client.Board();
        Assert.That(board.GetProperty("zone").GetString(), Is.EqualTo("zone-2"));
        Assert.That(board.GetProperty("quorum").GetProperty("met").GetBoolean(), Is.True, board.ToString());
        Assert.That(board.GetProperty("servers").EnumerateArray().Select(Shown), Is.EqualTo(new[] { "pg-1 primary False False 1", "pg-2 standby True True 1", "pg-3 standby False True 1" }));
        Assert.That(board.Server("pg-2").GetProperty("answered").GetProperty("localQuorum").GetInt64(), Is.EqualTo(before + 1));
        var levels = board.GetProperty("requests").EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!, r => $"{r.GetProperty("level")} by {r.GetProperty("from")}");
        Assert.That(
            (levels["catalog.title"], levels["catalog.EditTitle"], levels["catalog.title-history"]),
            Is.EqualTo(("local-quorum by kind", "quorum by kind", "one by data:consistency:catalog.title-history")));

        var ready = await (await client.GetAsync("/health/ready")).Json();
        Assert.That(ready.GetProperty("checks").GetProperty("consistency").GetProperty("status").GetString(), Is.EqualTo("ready"), ready.ToString());
    }

    [Test]
    public async Task A_primary_that_waits_for_nobody_is_told_in_the_header_the_report_and_the_health()
    {
        using var client = await Host.SignedIn();
        var title = await client.NewTitle("Title");
        await Cluster.First.Tell("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
        try
        {
            await Until(client, board => !board.GetProperty("quorum").GetProperty("met").GetBoolean());
            using var edited = await client.Rename(title, "Edited");
            Assert.That(edited.Consistency(), Does.StartWith("one; server=pg-1; asked=quorum"));
            var ready = (await (await client.GetAsync("/health/ready")).Json()).GetProperty("checks").GetProperty("consistency");
            Assert.That((ready.GetProperty("status").GetString(), ready.GetProperty("reason").GetString()!.Split(',')[0]), Is.EqualTo(("degraded", "synchronous_standby_names is ''")));
        }
        finally
        {
            await Cluster.First.Tell("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        }

        await Until(client, board => board.GetProperty("quorum").GetProperty("met").GetBoolean());
    }

    [Test]
    public async Task With_one_server_nothing_is_watched_chosen_or_told()
    {
        await using var host = await TestHost.Start(null, ("data:postgres", $"{Cluster.First.Connection};Application Name=alone"), ("data:consistency:catalog.title", "one"));
        using var client = await host.SignedIn();
        var title = await client.NewTitle("Title");
        using var edited = await client.Rename(title, "Edited");
        Assert.That((edited.StatusCode, edited.Consistency(), edited.Position(), edited.Headers.Contains("Set-Cookie")), Is.EqualTo((HttpStatusCode.OK, "", "", false)));
        Assert.That(await client.Title(title), Is.EqualTo(("Edited", "")));
        var board = await client.Board();
        Assert.That((board.GetProperty("servers").GetArrayLength(), board.TryGetProperty("quorum", out _)), Is.EqualTo((0, false)));
        Assert.That((await (await client.GetAsync("/health/ready")).Json()).GetProperty("checks").TryGetProperty("consistency", out _), Is.False);
        const string Watching = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_last_wal_replay_lsn%' AND pid <> pg_backend_pid() AND application_name";
        Assert.That(await Cluster.First.Ask<long>($"{Watching} = 'alone'"), Is.Zero);
        Assert.That(await Cluster.First.Ask<long>($"{Watching} <> 'alone'"), Is.Not.Zero, "the other host does watch");
    }

    [TestCase("data:consistency:catalog.titel", "one", "data:consistency:catalog.titel: there is no contract catalog.titel. There are catalog.browse, ")]
    [TestCase("data:consistency:catalog.title", "most", "data:consistency:catalog.title is 'most'; it takes one, local-quorum or quorum.")]
    [TestCase("data:servers:0:name", "pg-1", "data:servers:0:host: The Host field is required.")]
    public void A_wrong_setting_stops_the_start_and_is_named(string key, string value, string told) =>
        Assert.That(Assert.ThrowsAsync<StartFailure>(() => TestHost.Start(null, (key, value)))!.Message, Does.StartWith(told));

    private static string Shown(JsonElement server) =>
        $"{server.GetProperty("name")} {server.GetProperty("role")} {server.GetProperty("near")} {server.GetProperty("readable")} {server.GetProperty("timeline")}";
}
