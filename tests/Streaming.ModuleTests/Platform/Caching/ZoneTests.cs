using Microsoft.Extensions.Time.Testing;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Platform.Caching;

/// <summary>Three zones, each a Redis of its own, and processes that lose them. Nobody who asks may notice.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ZoneTests
{
    private static readonly string[] _names = ["a", "b", "c"];
    private readonly List<ZoneCache> _caches = [];
    private readonly Dictionary<string, RedisServer> _servers = [];
    private Dependencies _dependencies = null!;

    [SetUp]
    public async Task StartServers()
    {
        if (RedisServer.Program is null) Assert.Ignore("redis-server is missing; STREAMING_TEST_REDIS_SERVER may name it");
        foreach (var name in _names) _servers[name] = await RedisServer.Start();
    }

    [TearDown]
    public async Task StopServers()
    {
        foreach (var server in _servers.Values) await server.Continue();
        foreach (var cache in _caches) await cache.DisposeAsync();
        foreach (var server in _servers.Values) await server.DisposeAsync();
    }

    [Test]
    public async Task The_own_zone_killed_is_an_error_to_nobody()
    {
        var writer = await Cache("b");
        var reader = await Cache("a");
        await Fill(writer, 200, year: 1);
        for (var i = 0; i < 100; i++) await Read(reader, i, Nobody);
        await _servers["a"].Kill();

        var films = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Read(reader, i % 200, Nobody)));
        Assert.That(films.Select(f => f!.Year), Has.All.EqualTo(1));
        Assert.That(reader.Report().Source, Has.Property(nameof(SourceReport.Loads)).Zero, "the other zones had it");
        await Set(reader, 7, year: 2);
        await Removed(reader, 8);
        Assert.That((await Read(reader, 7, Nobody))!.Year, Is.EqualTo(2));
        Assert.That((await Read(reader, 8, Made(3)))!.Year, Is.EqualTo(3));
    }

    [Test]
    public async Task A_zone_that_hangs_is_waited_for_by_few()
    {
        var writer = await Cache("b");
        var reader = await Cache("a", Patience(25));
        var dependencies = _dependencies;
        await Fill(writer, 200, year: 1);
        await Until(() => State(reader, "a") == "serving");
        await _servers["a"].Stop();

        for (var i = 0; i < 3000 || State(reader, "a") != "away"; i++) Assert.That((await Read(reader, i % 200, Nobody))!.Year, Is.EqualTo(1));
        var late = dependencies.Of(ResiliencePolicies.CacheZone, "a").Report();
        Assert.That(late.TimedOut, Is.InRange(1, 40), "five in a row, and one probe each half second");

        await _servers["a"].Continue();
        await Until(() => State(reader, "a") == "serving");
    }

    [Test]
    public async Task With_all_zones_dead_the_source_answers_and_is_not_overrun()
    {
        var cache = await Cache("a", ("cache:source:concurrency", "8"));
        await Fill(cache, 20, year: 1);
        foreach (var server in _servers.Values) await server.Kill();

        var films = await Task.WhenAll(Enumerable.Range(1000, 400).Select(i => Read(cache, i, async ct =>
        {
            await Task.Delay(2, ct);
            return new Film($"{i}", 2);
        })));
        Assert.That(films.Select(f => f!.Year), Has.All.EqualTo(2));
        Assert.That(cache.Report().Source, Has.Property(nameof(SourceReport.MostActive)).LessThanOrEqualTo(8));
        Assert.That(cache.Report().Source, Has.Property(nameof(SourceReport.Loads)).EqualTo(400));
    }

    [Test]
    public async Task A_zone_that_comes_back_empty_is_filled_before_it_is_read_and_returns_nothing_removed()
    {
        const int films = 2000;
        var writer = await Cache("b");
        var reader = await Cache("a");
        await Fill(writer, films, year: 1);
        var zipf = new Zipf(films, 0.9, seed: 1);
        for (var i = 0; i < 4000; i++) await Read(reader, zipf.Next(), Made(1));

        await _servers["a"].Kill();
        await Until(() => State(reader, "a") == "away");
        for (var i = 0; i < films; i += 10) await Removed(writer, i);
        await _servers["a"].Run();

        var began = TimeProvider.System.GetTimestamp();
        double local;
        do
        {
            var before = reader.Report();
            for (var i = 0; i < 1000; i++)
            {
                var film = zipf.Next();
                Assert.That((await Read(reader, film, Made(2)))!.Year, Is.EqualTo(film % 10 == 0 ? 2 : 1), $"film {film}");
            }

            local = (Own(reader).Hits - Own(before).Hits) / 1000.0;
        }
        while (local < 0.95 && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60));

        Assert.That(local, Is.GreaterThanOrEqualTo(0.95));
        Assert.That(State(reader, "a"), Is.EqualTo("serving"));
        Assert.That(Own(reader).Repaired, Is.Positive);
    }

    [Test]
    public async Task A_zone_that_hung_while_things_were_removed_returns_none_of_them()
    {
        var writer = await Cache("b", Patience(100));
        var reader = await Cache("a", Patience(100));
        await Fill(writer, 50, year: 1);
        await _servers["a"].Stop();
        for (var i = 0; i < 50; i++) await Removed(writer, i);
        await _servers["a"].Continue();

        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 50; i++) Assert.That(await reader.Get<Film>($"film {i}", default), Is.Null, $"film {i}");
            await Task.Delay(20);
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task What_has_waited_longer_than_it_holds_still_takes_the_place_of_what_was_there_before(bool isRemoval)
    {
        await using var server = await Server("a");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var (before, after) = (new CacheVersion(HybridClock.TimeOf(now), 1), new CacheVersion(HybridClock.TimeOf(now + 1), 1));
        var old = ZoneValue.Of(before, now + 3_600_000, now + 3_600_000, [], "1"u8.ToArray());
        await server.Write(new ZoneWrite(WriteKind.Set, "film 1", old, before), now, default);
        var late = isRemoval ? ZoneValue.Removed(after, now) : ZoneValue.Of(after, now + 1000, now + 1000, [], "2"u8.ToArray());

        await server.Write(new ZoneWrite(isRemoval ? WriteKind.Removal : WriteKind.Set, "film 1", late, after), now + 61_000, default);

        Assert.That(ZoneValue.Open((await server.Get("film 1", default)).Result)!.IsRemoval, Is.True);
    }

    [Test]
    public async Task What_a_message_says_is_removed_is_not_returned_by_a_zone_that_does_not_know_yet()
    {
        var cache = await Cache("a");
        await Fill(cache, 1, year: 1);
        await using var server = await Server("b");
        var version = new CacheVersion(HybridClock.TimeOf(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1000), 1);
        var removal = ZoneValue.Removed(version, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await server.Write(new ZoneWrite(WriteKind.Removal, "film 0", removal, version), removal.SoftAt, default);

        await Until(async () => await cache.Get<Film>("film 0", default) is null);
        await using var own = await Server("a");
        Assert.That(ZoneValue.Open((await own.Get("film 0", default)).Result)!.IsRemoval, Is.False, "the own zone still has it");
    }

    [Test]
    public async Task A_stampede_in_two_processes_asks_the_source_once()
    {
        var caches = new[] { await Cache("a"), await Cache("b") };
        var made = 0;
        var films = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Read(caches[i % 2], 1, async ct =>
        {
            Interlocked.Increment(ref made);
            await Task.Delay(200, ct);
            return new Film("1", 1);
        })));
        Assert.That(films, Has.All.Not.Null);
        Assert.That(made, Is.EqualTo(1));
    }

    [Test]
    public async Task Past_its_soft_life_two_processes_refresh_a_value_once()
    {
        var caches = new[] { await Cache("a"), await Cache("b") };
        var life = new CacheLife(TimeSpan.FromMilliseconds(300), TimeSpan.FromHours(1));
        await caches[0].Film("film 1", _ => new(new Film("1", 1)), life);
        await Until(() => caches.All(c => c.Report().Zones.All(z => z.Queued == 0)));
        await Task.Delay(400);
        var made = 0;
        ValueTask<Film?> Anew(CancellationToken ct)
        {
            Interlocked.Increment(ref made);
            return new(new Film("1", 2));
        }

        var stale = new CacheLife(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var films = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => caches[i % 2].Film("film 1", Anew, stale).AsTask()));
        Assert.That(films.Select(f => f!.Year), Has.All.EqualTo(1).Or.EqualTo(2));
        await Until(async () => (await caches[0].Get<Film>("film 1", default))!.Year == 2);
        Assert.That(made, Is.EqualTo(1));
    }

    [Test]
    public async Task An_older_write_never_replaces_a_newer_one()
    {
        await using var server = await Server("a");
        async Task<WriteOutcome> Write(WriteKind kind, int version)
        {
            var value = kind == WriteKind.Removal ? ZoneValue.Removed(new(version, 7), 0) : ZoneValue.Of(new(version, 7), 0, 60_000, [], [1, 2, 3]);
            return (await server.Write(new ZoneWrite(kind, "key", value, value.Version), 0, default)).Result.Outcome;
        }

        Assert.That(await Write(WriteKind.Set, 5), Is.EqualTo(WriteOutcome.Written));
        Assert.That(await Write(WriteKind.Set, 4), Is.EqualTo(WriteOutcome.Newer));
        Assert.That(await Write(WriteKind.Repair, 5), Is.EqualTo(WriteOutcome.Present));
        Assert.That(await Write(WriteKind.Removal, 9), Is.EqualTo(WriteOutcome.Written));
        Assert.That(await Write(WriteKind.Fill, 8), Is.EqualTo(WriteOutcome.Newer), "the mark of a removal is newer");
        Assert.That(await Write(WriteKind.Fill, 10), Is.EqualTo(WriteOutcome.Written));
    }

    [Test]
    public async Task A_removal_wins_over_a_process_whose_clock_is_an_hour_ahead()
    {
        var ahead = await Cache("b", new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1)));
        var here = await Cache("a");
        await Set(ahead, 1, year: 1);
        await Removed(here, 1);
        Assert.That(await here.Get<Film>("film 1", default), Is.Null);
        await Until(async () => await ahead.Get<Film>("film 1", default) is null);
    }

    [Test]
    public async Task A_tag_is_invalidated_elsewhere_by_message()
    {
        // This clock stands still, so nothing is polled.
        var (one, other) = (await Cache("a", new FakeTimeProvider(TimeProvider.System.GetUtcNow())), await Cache("b", new FakeTimeProvider(TimeProvider.System.GetUtcNow())));
        await Tagged(one, other);
        await one.Invalidate("ufa", default);
        await Until(async () => await other.Get<Film>("film 1", default) is null);
    }

    [Test]
    public async Task A_tag_is_invalidated_elsewhere_by_the_poll_where_the_message_is_lost()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var (one, other) = (await Cache("a", clock), await Cache("b", clock));
        await Tagged(one, other);
        await using var server = await Server("c");
        var epoch = new CacheVersion(HybridClock.TimeOf(clock.GetUtcNow().ToUnixTimeMilliseconds() + 1000), 0);
        await server.Raise(new ZoneWrite(WriteKind.Tag, "ufa", null, epoch), announced: false, default);
        await Task.Delay(200);
        Assert.That(await other.Get<Film>("film 1", default), Is.Not.Null, "nobody has been told");

        clock.Advance(TimeSpan.FromSeconds(5));
        await Until(async () => await other.Get<Film>("film 1", default) is null);
    }

    [Test]
    public async Task A_process_that_starts_later_knows_what_was_invalidated_before()
    {
        var one = await Cache("a");
        await one.Set("film 1", new Film("1", 1), CacheBuilding.Hour.Tagged("ufa"), default);
        await one.Invalidate("ufa", default);
        var late = await Cache("b");
        Assert.That(await late.Get<Film>("film 1", default), Is.Null);
    }

    [Test]
    public async Task A_hot_key_is_answered_from_memory_until_another_process_sets_it()
    {
        var (one, other) = (await Cache("a"), await Cache("b", ("cache:local:hotReads", "8"), ("cache:local:seconds", "5")));
        await Set(one, 1, year: 1);
        await Until(() => one.Report().Zones.All(z => z.Queued == 0));
        for (var i = 0; i < 50; i++) await Read(other, 1, Nobody);
        Assert.That(other.Report().Local.Hits, Is.InRange(40, 45));
        await Set(one, 1, year: 2);
        await Until(async () => (await other.Get<Film>("film 1", default))!.Year == 2);
    }

    [Test]
    public async Task More_writes_than_the_queue_holds_leave_nothing_old_in_a_zone_that_hung()
    {
        const int films = 17_500;
        var cache = await Cache("a", ("cache:local:maxEntries", "100"));
        await Fill(cache, films, year: 1);
        await _servers["c"].Stop();
        await Until(() => State(cache, "c") == "away" || !SetOne(cache));
        await Parallel.ForAsync(0, films, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) => await Removed(cache, i));
        Assert.That(cache.Report().Zones.Single(z => z.Name == "c").Dirty, Is.Positive);
        await _servers["c"].Continue();
        await Until(() => cache.Report().Zones.All(z => z is { Queued: 0, Dirty: 0, State: "serving" }), seconds: 60);

        await using var server = await Server("c");
        for (var i = 0; i < films; i += 7)
            Assert.That(ZoneValue.Open((await server.Get($"film {i}", default)).Result)!.IsRemoval, $"film {i}");
    }

    [Test]
    public async Task A_zone_that_is_down_at_the_start_joins_when_it_is_up()
    {
        await _servers["a"].Kill();
        var cache = await Cache("a");
        await Fill(cache, 50, year: 1);
        Assert.That((await Read(cache, 1, Nobody))!.Year, Is.EqualTo(1));
        await _servers["a"].Run();
        await Until(() => State(cache, "a") == "serving", seconds: 40);
        await using var server = await Server("a");
        Assert.That(ZoneValue.Open((await server.Get("film 1", default)).Result), Is.Not.Null);
    }

    [Test]
    public async Task What_cannot_be_read_is_made_anew()
    {
        var cache = await Cache("a");
        await cache.Set("film 1", "no film", CacheBuilding.Hour, default);
        var other = await Cache("b");
        Assert.That((await Read(other, 1, Made(4)))!.Year, Is.EqualTo(4));
    }

    private static bool SetOne(ZoneCache cache)
    {
        _ = Set(cache, 100_000, 1);
        return true;
    }

    private async Task<ZoneCache> Cache(string own, params (string Key, string Value)[] settings) => await Cache(own, TimeProvider.System, settings);

    private async Task<ZoneCache> Cache(string own, TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var all = _names.SelectMany((name, i) => new[] { ($"cache:zones:{i}:name", name), ($"cache:zones:{i}:connection", _servers[name].Connection) })
            .Append(("cache:zone", own)).Concat(settings).ToDictionary(s => s.Item1, s => s.Item2);
        all.TryAdd("cache:local:hotReads", "1000000");
        all.TryAdd("resilience:policies:cache.zone:timeoutMs", "500"); // a busy machine is no fault of a zone
        var cache = CacheBuilding.Of(clock, all.Select(s => (s.Key, s.Value)), out _dependencies);
        _caches.Add(cache);
        await cache.StartAsync(default);
        return cache;
    }

    private async Task<ZoneServer> Server(string name)
    {
        var patient = new Dependency("test", name, new ResiliencePolicy(), TimeProvider.System, (_, _) => { });
        var server = new ZoneServer(new ZoneOptions { Name = name, Connection = _servers[name].Connection }, "streaming:", patient);
        await server.Connect(_ => { }, () => { });
        return server;
    }

    private static (string, string)[] Patience(int ms) => [("resilience:policies:cache.zone:timeoutMs", $"{ms}")];

    private static async Task Fill(ZoneCache cache, int films, int year)
    {
        await Parallel.ForAsync(0, films, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await Set(cache, i, year));
        await Until(() => cache.Report().Zones.All(z => z.State != "serving" || z.Queued == 0));
    }

    private static async Task Tagged(ZoneCache one, ZoneCache other)
    {
        await one.Set("film 1", new Film("1", 1), CacheBuilding.Hour.Tagged("ufa"), default);
        await Until(async () => await other.Get<Film>("film 1", default) is not null);
    }

    private static async Task Set(ZoneCache cache, int film, int year) => await cache.Set($"film {film}", new Film($"{film}", year), CacheBuilding.Hour, default);

    private static async Task Removed(ZoneCache cache, int film) => await cache.Remove($"film {film}", default);

    private static async Task<Film?> Read(ZoneCache cache, int film, Func<CancellationToken, ValueTask<Film?>> factory) => await cache.Film($"film {film}", factory);

    private static Func<CancellationToken, ValueTask<Film?>> Made(int year) => _ => new(new Film("made", year));

    private static ValueTask<Film?> Nobody(CancellationToken ct) => ValueTask.FromException<Film?>(new InvalidOperationException("the source was asked"));

    private static string State(ZoneCache cache, string zone) => cache.Report().Zones.Single(z => z.Name == zone).State;

    private static ZoneReport Own(ZoneCache cache) => Own(cache.Report());

    private static ZoneReport Own(CacheReport report) => report.Zones.Single(z => z.Name == report.OwnZone);

    private static Task Until(Func<bool> isSo, int seconds = 20) => Until(() => Task.FromResult(isSo()), seconds);

    private static async Task Until(Func<Task<bool>> isSo, int seconds = 20)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(seconds)) Assert.Fail($"It did not come to be within {seconds} s.");
            await Task.Delay(10);
        }
    }
}
