using System.Net;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Consistency;

/// <summary>What a host in the zone of pg-2 reads where, on three real servers.</summary>
public sealed class ReadingTests : ClusterStage
{
    [Test]
    public async Task A_session_never_reads_behind_its_own_write()
    {
        using var session = await Host.SignedIn();
        var title = await session.NewTitle("Before");
        var answeredBy = new Dictionary<string, int>();
        for (var i = 0; i < 150; i++)
        {
            // Now and then the copy stands still, so that what was written is not there for sure.
            if (i % 30 == 10) await Cluster.Second.Tell("SELECT pg_wal_replay_pause()");
            if (i % 30 == 13) await Cluster.Second.Tell("SELECT pg_wal_replay_resume()");
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
        using var session = await Host.SignedIn();
        using var other = await Host.SignedIn();
        var title = await session.NewTitle("Old");
        await Cluster.CaughtUp();
        await Cluster.Second.Tell("SELECT pg_wal_replay_pause()");
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
            await Cluster.Second.Tell("SELECT pg_wal_replay_resume()");
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
        using var client = await Host.SignedIn();
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
        using var client = await Host.SignedIn();
        await Cluster.CaughtUp();
        var before = (await client.Board()).GetProperty("reads").GetProperty("waited").GetInt64();
        using var bare = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Host.Url };
        bare.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        bare.DefaultRequestHeaders.Add("Cookie", $"streaming-position={position}");
        using var answer = await bare.GetAsync("/api/catalog/titles");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.Board()).GetProperty("reads").GetProperty("waited").GetInt64(), Is.EqualTo(before));
        return answer.Consistency();
    }

    [Test, Order(100)]
    public async Task A_copy_that_hangs_and_one_that_is_killed_cost_no_read()
    {
        using var client = await Host.SignedIn();
        var title = await client.NewTitle("Watched");
        await Cluster.CaughtUp();
        using var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 3).Select(_ => Read(title, stop.Token)).ToArray();

        await Task.Delay(500);
        await Cluster.Second.Signal("-STOP");
        try
        {
            await Until(client, "unreachable");
        }
        finally
        {
            await Cluster.Second.Signal("-CONT");
        }

        await Until(client, "standby");
        await Task.Delay(500);
        await Cluster.Second.Kill();
        await Until(client, "unreachable");
        await Cluster.Second.Start();
        await Until(client, "standby");
        await Task.Delay(500);

        await stop.CancelAsync();
        var outcomes = (await Task.WhenAll(reading)).SelectMany(r => r).ToLookup(r => r);
        Assert.That(outcomes.Select(o => o.Key).Except(["OK local-quorum; server=pg-1", "OK local-quorum; server=pg-2"]), Is.Empty);
        Assert.That(outcomes.Select(o => o.Count()), Has.All.GreaterThan(20), "both have answered");
    }

    private static Task Until(HttpClient client, string role) => Until(client, board => board.Server("pg-2").GetProperty("role").GetString() == role);

    private async Task<List<string>> Read(Guid title, CancellationToken stop)
    {
        using var viewer = await Host.SignedIn();
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
