using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Consistency;

/// <summary>What a host in the zone of pg-2 reads where, on three real servers.</summary>
public sealed class ReadingTests
{
    private PostgresCluster _cluster = null!;
    private TestHost _host = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cluster = await PostgresCluster.Start();
        _host = await TestHost.Start(null, [.. _cluster.Settings(), ("data:consistency:catalog.title-history", "one"), ("data:consistency:catalog.genres", "QUORUM")]);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Test]
    public async Task A_session_never_reads_behind_its_own_write()
    {
        using var session = await _host.SignedIn();
        var title = await session.NewTitle("Before");
        var answeredBy = new Dictionary<string, int>();
        for (var i = 0; i < 150; i++)
        {
            // Now and then the copy stands still, so that what was written is not there for sure.
            if (i % 30 == 10) await _cluster.Second.Tell("SELECT pg_wal_replay_pause()");
            if (i % 30 == 13) await _cluster.Second.Tell("SELECT pg_wal_replay_resume()");
            using var edited = await session.Rename(title, $"Name {i}");
            Assert.That((await edited.Json()).GetProperty("name").GetString(), Is.EqualTo($"Name {i}"), "within the same request");
            var (name, consistency) = await session.Title(title);
            Assert.That(name, Is.EqualTo($"Name {i}"), consistency);
            answeredBy[consistency] = answeredBy.GetValueOrDefault(consistency) + 1;
        }

        Assert.That(answeredBy.Keys, Is.SubsetOf(["local-quorum; server=pg-2", "local-quorum; server=pg-1"]));
        Assert.That(answeredBy.GetValueOrDefault("local-quorum; server=pg-2"), Is.GreaterThan(50), "the copy answers as soon as it has it");
        Assert.That(answeredBy.GetValueOrDefault("local-quorum; server=pg-1"), Is.GreaterThan(10), "the primary answers while it has not");
    }

    [Test]
    public async Task While_a_copy_stands_still_only_who_has_written_reads_elsewhere()
    {
        using var session = await _host.SignedIn();
        using var other = await _host.SignedIn();
        var title = await session.NewTitle("Old");
        await _cluster.CaughtUp();
        await _cluster.Second.Tell("SELECT pg_wal_replay_pause()");
        try
        {
            using var edited = await session.Rename(title, "New");
            Assert.That(edited.Consistency(), Is.EqualTo("quorum; server=pg-1, local-quorum; server=pg-1"));
            Assert.That(edited.Headers.GetValues("Set-Cookie").Single(), Does.Match("^streaming-position=[0-9A-F]+/[0-9A-F]+; max-age=60; path=/; samesite=lax; httponly$"));

            Assert.That(await session.Title(title), Is.EqualTo(("New", "local-quorum; server=pg-1")));
            Assert.That(await other.Title(title), Is.EqualTo(("Old", "local-quorum; server=pg-2")));

            other.DefaultRequestHeaders.Add("Streaming-Position", edited.Position());
            Assert.That(await other.Title(title), Is.EqualTo(("New", "local-quorum; server=pg-1")), "a program brings the position as a header");

            using var history = await session.GetAsync($"/api/catalog/titles/{title}/versions");
            var newest = (await history.Json()).GetProperty("items")[0].GetProperty("name").GetString();
            Assert.That((newest, history.Consistency()), Is.EqualTo(("Old", "one; server=pg-2")), "one reads whatever there is");
        }
        finally
        {
            await _cluster.Second.Tell("SELECT pg_wal_replay_resume()");
        }
    }

    [TestCase("0/0", ExpectedResult = 200)]
    [TestCase("FFFFFFFF/FFFFFFFF", ExpectedResult = 200)]
    [TestCase("0/G", ExpectedResult = 400)]
    [TestCase("-1/1", ExpectedResult = 400)]
    [TestCase("000000000000000001/1", ExpectedResult = 400)]
    [TestCase("' OR 1=1", ExpectedResult = 400)]
    public async Task<int> A_position_that_nobody_was_given_is_refused_or_harmless(string position)
    {
        using var client = await _host.SignedIn();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Streaming-Position", position);
        using var answer = await client.GetAsync("/api/catalog/titles");
        if (answer.StatusCode == HttpStatusCode.BadRequest) await answer.Problem(HttpStatusCode.BadRequest);
        return (int)answer.StatusCode;
    }

    [Test]
    public async Task An_absurd_position_goes_to_the_primary_and_waits_for_nothing()
    {
        using var client = await _host.SignedIn();
        var before = (await client.Board()).GetProperty("reads").GetProperty("waited").GetInt64();
        client.DefaultRequestHeaders.Add("Cookie", "streaming-position=FFFFFFFF/FFFFFFFF");
        using var absurd = await client.GetAsync("/api/catalog/titles");
        Assert.That(absurd.Consistency(), Is.EqualTo("local-quorum; server=pg-1"));
        Assert.That((await client.Board()).GetProperty("reads").GetProperty("waited").GetInt64(), Is.EqualTo(before));

        using var other = await _host.SignedIn();
        other.DefaultRequestHeaders.Add("Cookie", "streaming-position=not-a-position");
        using var malformed = await other.GetAsync("/api/catalog/titles");
        Assert.That((malformed.StatusCode, malformed.Consistency()), Is.EqualTo((HttpStatusCode.OK, "local-quorum; server=pg-2")), "nobody can mend a cookie");
    }

    [Test, Order(1)]
    public async Task The_report_and_the_headers_say_what_is()
    {
        using var client = await _host.SignedIn();
        using var genres = await client.GetAsync("/api/catalog/genres");
        if (genres.StatusCode == HttpStatusCode.OK) Assert.That(genres.Consistency(), Is.EqualTo("quorum; server=pg-1"));
        await _cluster.CaughtUp();
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
    public async Task A_server_that_waits_for_no_majority_is_told_in_the_header_the_report_and_the_health()
    {
        using var client = await _host.SignedIn();
        var title = await client.NewTitle("Title");
        // What the command line says is stronger than ALTER SYSTEM; a database's own setting is stronger still where it may be set there.
        await _cluster.First.Tell("ALTER DATABASE streaming SET synchronous_commit = off");
        try
        {
            using var edited = await client.Rename(title, "Edited");
            Assert.That(edited.Consistency(), Does.StartWith("quorum; server=pg-1"), "we say with each connection what we need");
        }
        finally
        {
            await _cluster.First.Tell("ALTER DATABASE streaming RESET synchronous_commit");
        }
    }

    [Test, Order(100)]
    public async Task A_copy_that_hangs_and_one_that_is_killed_cost_no_read()
    {
        using var client = await _host.SignedIn();
        var title = await client.NewTitle("Watched");
        await _cluster.CaughtUp();
        using var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 3).Select(_ => Read(title, stop.Token)).ToArray();

        await Task.Delay(500);
        await _cluster.Second.Signal("-STOP");
        await Task.Delay(2500);
        Assert.That((await client.Board()).Server("pg-2").GetProperty("role").GetString(), Is.EqualTo("unreachable"));
        await _cluster.Second.Signal("-CONT");
        await Until(client, "standby");
        await Task.Delay(500);
        await _cluster.Second.Kill();
        await Until(client, "unreachable");
        await _cluster.Second.Start();
        await Until(client, "standby");
        await Task.Delay(500);

        await stop.CancelAsync();
        var outcomes = (await Task.WhenAll(reading)).SelectMany(r => r).ToLookup(r => r);
        Assert.That(outcomes.Select(o => o.Key).Except(["OK local-quorum; server=pg-1", "OK local-quorum; server=pg-2"]), Is.Empty);
        Assert.That(outcomes.Select(o => o.Count()), Has.All.GreaterThan(20), "both have answered");
    }

    private static string Shown(JsonElement server) =>
        $"{server.GetProperty("name")} {server.GetProperty("role")} {server.GetProperty("near")} {server.GetProperty("readable")} {server.GetProperty("timeline")}";

    private static async Task Until(HttpClient client, string role)
    {
        for (var since = Stopwatch.StartNew(); (await client.Board()).Server("pg-2").GetProperty("role").GetString() != role; await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20), $"pg-2 is not {role}");
    }

    private async Task<List<string>> Read(Guid title, CancellationToken stop)
    {
        using var viewer = await _host.SignedIn();
        var outcomes = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            using var answer = await viewer.GetAsync($"/api/catalog/titles/{title}", CancellationToken.None);
            outcomes.Add($"{answer.StatusCode} {answer.Consistency()}");
            await Task.Delay(10, CancellationToken.None);
        }

        return outcomes;
    }
}
