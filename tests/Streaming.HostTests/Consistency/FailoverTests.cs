using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Consistency;

/// <summary>The primary is lost while it is written to, and a standby takes its place. Each test has three servers of its own, for it uses them up.</summary>
public sealed class FailoverTests
{
    [Test]
    public async Task Nothing_acknowledged_is_missing_after_the_primary_was_killed_and_writes_go_on_by_themselves()
    {
        await using var cluster = await Servers.Start();
        await using var one = await TestHost.Start(null, cluster.Settings());
        await using var two = await TestHost.Start(null, cluster.Settings());
        using var client = await one.SignedIn();
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<(Guid Title, string Name)>();
        var times = new ConcurrentBag<long>();
        var writers = new List<Task>();
        foreach (var host in new[] { one, two })
            foreach (var part in Enumerable.Range(0, 2))
                writers.Add(Write(await host.SignedIn(), await client.NewTitle($"Title {part}"), acknowledged, times, stop.Token));

        await Task.Delay(2000);
        await cluster.First.Kill();
        var killed = Stopwatch.GetTimestamp();
        var before = acknowledged.Count;
        Assert.That(before, Is.GreaterThan(20));
        var (next, other) = await FurthestAhead(cluster.Second, cluster.Third);
        await next.Tell("SELECT pg_promote()");
        await other.Follow(next);

        for (var since = Stopwatch.StartNew(); acknowledged.Count < before + 60; await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(30), "nothing can be written");
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var resumed = Stopwatch.GetElapsedTime(killed, times.Where(t => t > killed).Min());
        TestContext.Out.WriteLine($"{before} writes acknowledged before; they went on {resumed.TotalSeconds:0.00} s after the kill");
        Assert.That(resumed.TotalSeconds, Is.LessThan(10));
        var kept = await Names(next, acknowledged.Select(a => a.Title).Distinct());
        Assert.That(acknowledged.Except(kept), Is.Empty, "acknowledged at quorum, and gone");

        var board = await client.Board();
        Assert.That(board.Server(next.Name).GetProperty("role").GetString(), Is.EqualTo("primary"));
        Assert.That(board.Server(next.Name).GetProperty("timeline").GetInt32(), Is.EqualTo(2));
        using var edited = await client.Rename(acknowledged.First().Title, "After all");
        Assert.That(edited.Consistency(), Does.StartWith($"quorum; server={next.Name}"));
        Assert.That((await client.Title(acknowledged.First().Title)).Name, Is.EqualTo("After all"));

        await cluster.First.Rejoin(next);
        for (var since = Stopwatch.StartNew(); !(board = await client.Board()).Server("pg-1").GetProperty("readable").GetBoolean(); await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20), board.ToString());
        Assert.That(board.Server("pg-1").GetProperty("role").GetString(), Is.EqualTo("standby"), "rewound, and back");
    }

    [Test]
    public async Task What_no_standby_has_is_answered_at_one_and_lost_and_at_quorum_not_answered_as_done()
    {
        await using var cluster = await Servers.Start();
        await using var strict = await TestHost.Start(null, cluster.Settings("Command Timeout=2"));
        await using var lax = await TestHost.Start(null, [.. cluster.Settings(), ("data:consistency:catalog.EditTitle", "one")]);
        using var strictly = await strict.SignedIn();
        using var laxly = await lax.SignedIn();
        var title = await strictly.NewTitle("Everywhere");
        await cluster.CaughtUp();
        foreach (var standby in cluster.Servers.Skip(1)) await standby.Follow(null);
        for (var since = Stopwatch.StartNew(); await cluster.First.Ask<long>("SELECT count(*) FROM pg_stat_replication") > 0; await Task.Delay(20))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20));

        using var alone = await laxly.Rename(title, "On one server");
        Assert.That((alone.StatusCode, alone.Consistency()), Is.EqualTo((HttpStatusCode.OK, "one; server=pg-1, local-quorum; server=pg-1")));
        using var doubted = await strictly.Rename(title, "Nowhere else");
        Assert.That((await doubted.Problem(HttpStatusCode.ServiceUnavailable)).GetProperty("type").GetString(), Is.EqualTo("urn:streaming:error:quorum-unknown"));
        Assert.That(doubted.Consistency(), Is.EqualTo("one; server=pg-1; asked=quorum"));

        await cluster.First.Kill();
        await cluster.Second.Tell("SELECT pg_promote()");
        await cluster.Third.Follow(cluster.Second);
        Assert.That(await Names(cluster.Second, [title]), Is.EqualTo(new[] { (title, "Everywhere") }), "so the level makes the difference");

        // Who has a position that is in nobody's history any more reads on, from the primary. Until there is one the last good answer stands in.
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            using var read = await laxly.GetAsync($"/api/catalog/titles/{title}");
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(15));
            if (read.StatusCode != HttpStatusCode.OK || read.Consistency().Length == 0) continue;
            Assert.That((await read.Json()).GetProperty("name").GetString(), Is.EqualTo("Everywhere"));
            break;
        }
    }

    [Test]
    public async Task Of_two_that_take_writes_the_one_of_the_later_history_is_written_to()
    {
        await using var cluster = await Servers.Start();
        await using var host = await TestHost.Start(null, cluster.Settings());
        using var client = await host.SignedIn();
        var title = await client.NewTitle("Before");
        await cluster.CaughtUp();
        // What pg-1 writes from here on is not to reach it, or it could not follow another.
        await cluster.Third.Follow(null);
        for (var since = Stopwatch.StartNew(); await cluster.Third.Ask<long>("SELECT count(*) FROM pg_stat_wal_receiver") > 0; await Task.Delay(20))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20));
        await cluster.Second.Tell("SELECT pg_promote()");
        await cluster.Third.Follow(cluster.Second);

        JsonElement board;
        for (var since = Stopwatch.StartNew(); (board = await client.Board()).Server("pg-1").GetProperty("role").GetString() != "pretender"; await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(15), board.ToString());
        using var edited = await client.Rename(title, "After");
        Assert.That((edited.StatusCode, edited.Consistency()), Is.EqualTo((HttpStatusCode.OK, "quorum; server=pg-2, local-quorum; server=pg-2")));
        Assert.That((await client.Title(title)).Name, Is.EqualTo("After"));
        var ready = await (await client.GetAsync("/health/ready")).Json();
        Assert.That(ready.GetProperty("checks").GetProperty("consistency").GetProperty("reason").GetString(), Does.StartWith("beside pg-2 also pg-1 takes writes"));
        await cluster.First.Kill();
    }

    private static async Task Write(HttpClient client, Guid title, ConcurrentBag<(Guid, string)> acknowledged, ConcurrentBag<long> times, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var name = $"{title} {i}";
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
                using var answer = await client.Rename(title, name, limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    acknowledged.Add((title, name));
                    times.Add(Stopwatch.GetTimestamp());
                }
            }
            catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException)
            {
                // Not acknowledged.
            }

            await Task.Delay(20, CancellationToken.None);
        }

        client.Dispose();
    }

    private static async Task<(PostgresServer Next, PostgresServer Other)> FurthestAhead(PostgresServer one, PostgresServer other)
    {
        const string Received = "SELECT pg_last_wal_receive_lsn()::text";
        return await one.Ask<bool>($"SELECT pg_last_wal_receive_lsn() >= '{await other.Ask<string>(Received)}'::pg_lsn") ? (one, other) : (other, one);
    }

    private static async Task<List<(Guid Title, string Name)>> Names(PostgresServer server, IEnumerable<Guid> titles)
    {
        var names = new List<(Guid, string)>();
        foreach (var title in titles)
        {
            var all = await server.Ask<string[]>($"SELECT array_agg(\"Name\" ORDER BY \"Version\") FROM catalog.title_metadata WHERE \"TitleId\" = '{title}'");
            names.AddRange(all.Select(name => (title, name)));
        }

        return names;
    }
}
