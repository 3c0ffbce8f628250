using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Streaming.Host.Running;
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
        _cluster = await Servers.Start();
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
            Assert.That(edited.Headers.GetValues("Set-Cookie").Single(), Does.Match("^streaming-position=[0-9A-F]+%2F[0-9A-F]+; max-age=60; path=/; samesite=lax; httponly$"));

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

    [TestCase("FFFFFFFF/FFFFFFFF", ExpectedResult = "local-quorum; server=pg-1", Description = "it is in nobody's history")]
    [TestCase("FFFFFFFF%2FFFFFFFFF", ExpectedResult = "local-quorum; server=pg-1", Description = "as a browser sends it")]
    [TestCase("not-a-position", ExpectedResult = "local-quorum; server=pg-2", Description = "nobody can mend a cookie")]
    [TestCase("0%2F1", ExpectedResult = "local-quorum; server=pg-2")]
    public async Task<string> A_made_up_cookie_waits_for_nothing_and_harms_only_its_own_reads(string position)
    {
        using var client = await _host.SignedIn();
        await _cluster.CaughtUp();
        var before = (await client.Board()).GetProperty("reads").GetProperty("waited").GetInt64();
        using var bare = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _host.Url };
        bare.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        bare.DefaultRequestHeaders.Add("Cookie", $"streaming-position={position}");
        using var answer = await bare.GetAsync("/api/catalog/titles");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.Board()).GetProperty("reads").GetProperty("waited").GetInt64(), Is.EqualTo(before));
        return answer.Consistency();
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
    public async Task A_primary_that_waits_for_nobody_is_told_in_the_header_the_report_and_the_health()
    {
        using var client = await _host.SignedIn();
        var title = await client.NewTitle("Title");
        await _cluster.First.Tell("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
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
            await _cluster.First.Tell("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        }

        await Until(client, board => board.GetProperty("quorum").GetProperty("met").GetBoolean());
    }

    [Test]
    public async Task With_one_server_nothing_is_watched_chosen_or_told()
    {
        await using var host = await TestHost.Start(null, ("data:postgres", $"{_cluster.First.Connection};Application Name=alone"), ("data:consistency:catalog.title", "one"));
        using var client = await host.SignedIn();
        var title = await client.NewTitle("Title");
        using var edited = await client.Rename(title, "Edited");
        Assert.That((edited.StatusCode, edited.Consistency(), edited.Position(), edited.Headers.Contains("Set-Cookie")), Is.EqualTo((HttpStatusCode.OK, "", "", false)));
        Assert.That(await client.Title(title), Is.EqualTo(("Edited", "")));
        var board = await client.Board();
        Assert.That((board.GetProperty("servers").GetArrayLength(), board.TryGetProperty("quorum", out _)), Is.EqualTo((0, false)));
        Assert.That((await (await client.GetAsync("/health/ready")).Json()).GetProperty("checks").TryGetProperty("consistency", out _), Is.False);
        const string Watching = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_last_wal_replay_lsn%' AND pid <> pg_backend_pid() AND application_name";
        Assert.That(await _cluster.First.Ask<long>($"{Watching} = 'alone'"), Is.Zero);
        Assert.That(await _cluster.First.Ask<long>($"{Watching} <> 'alone'"), Is.Not.Zero, "the other host does watch");
    }

    [TestCase("data:consistency:catalog.titel", "one", "data:consistency:catalog.titel: there is no contract catalog.titel. There are catalog.browse, ")]
    [TestCase("data:consistency:catalog.title", "most", "data:consistency:catalog.title is 'most'; it takes one, local-quorum or quorum.")]
    [TestCase("data:servers:0:name", "pg-1", "data:servers:0:host: The Host field is required.")]
    public void A_wrong_setting_stops_the_start_and_is_named(string key, string value, string told) =>
        Assert.That(Assert.ThrowsAsync<StartFailure>(() => TestHost.Start(null, (key, value)))!.Message, Does.StartWith(told));

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
        try
        {
            await Until(client, "unreachable");
        }
        finally
        {
            await _cluster.Second.Signal("-CONT");
        }

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

    private static Task Until(HttpClient client, string role) => Until(client, board => board.Server("pg-2").GetProperty("role").GetString() == role);

    private static async Task Until(HttpClient client, Func<JsonElement, bool> reached)
    {
        JsonElement board;
        for (var since = Stopwatch.StartNew(); !reached(board = await client.Board()); await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20), board.ToString());
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
