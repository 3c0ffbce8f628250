using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;

namespace Streaming.ModuleTests.Platform.Caching;

/// <summary>Several keys at once out of two zones, each a Redis of its own, and what other processes are told.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ZoneManyTests : IAsyncDisposable
{
    private static readonly int[] _all = [.. Enumerable.Range(0, 100)];
    private readonly List<ZoneCache> _caches = [];
    private RedisServer? _a;
    private RedisServer? _b;

    [SetUp]
    public async Task StartServers()
    {
        if (RedisServer.Program is null) Assert.Ignore("redis-server is missing; STREAMING_TEST_REDIS_SERVER may name it");
        (_a, _b) = (await RedisServer.Start(), await RedisServer.Start());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cache in _caches) await cache.DisposeAsync();
        if (_a is not null) await _a.DisposeAsync();
        if (_b is not null) await _b.DisposeAsync();
    }

    [Test]
    public async Task What_another_process_has_made_is_read_in_one_round_trip()
    {
        var (one, other) = (await Cache("a"), await Cache("a"));
        await Films(one, Made);
        Assert.That(await Films(other, Nobody), Is.EqualTo(_all));
        var zone = other.Report().Zones.Single(z => z.Name == "a");
        Assert.That((zone.Reads, zone.Hits, other.Report().Source.Loads), Is.EqualTo((100, 100, 0)));
        Assert.That(other.Report().Uses.Single(), Has.Property(nameof(CacheUseReport.ZoneHits)).EqualTo(100));
    }

    [Test]
    public async Task With_the_own_zone_dead_the_other_one_has_them()
    {
        var (one, other) = (await Cache("b"), await Cache("a"));
        await Films(one, Made);
        await _a!.Kill();
        Assert.That(await Films(other, Nobody), Is.EqualTo(_all));
    }

    [Test]
    public async Task With_all_zones_dead_the_source_is_asked_once_for_all()
    {
        var cache = await Cache("a");
        await _a!.Kill();
        await _b!.Kill();
        Assert.That(await Films(cache, Made), Is.EqualTo(_all));
        Assert.That(await Films(cache, Nobody), Is.EqualTo(_all), "kept for a moment");
        Assert.That(cache.Report().Source.Loads, Is.EqualTo(1));
    }

    [Test]
    public async Task What_one_process_has_removed_another_makes_anew_and_its_listeners_are_told()
    {
        var (one, other) = (await Cache("a"), await Cache("b"));
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        other.Listen("films:many:", key => told.TrySetResult(key));
        other.Listen("actors:", key => told.TrySetResult("wrong"));
        await Films(one, Made);
        for (var i = 0; i < 200 && one.Report().Zones.Any(z => z.Queued > 0); i++) await Task.Delay(10);
        await one.Remove("films:many:7", default);

        Assert.That(await told.Task.WaitAsync(TimeSpan.FromSeconds(10)), Is.EqualTo("films:many:7"));
        var asked = new List<int>();
        await Films(other, ids =>
        {
            asked.AddRange(ids);
            return Made(ids);
        });
        Assert.That(asked, Is.EqualTo([7]));
    }

    private static async Task<IEnumerable<int>> Films(ZoneCache cache, Func<IReadOnlyList<int>, Dictionary<int, Film>> make) =>
        (await cache.GetOrCreateMany<int, Film, Func<IReadOnlyList<int>, Dictionary<int, Film>>>(
            _all, i => $"films:many:{i}", make, (make, missing, _) => new(make(missing)), CacheBuilding.Hour, default)).Select(f => f!.Year);

    private static Dictionary<int, Film> Made(IReadOnlyList<int> ids) => ids.ToDictionary(i => i, i => new Film("film", i));

    private static Dictionary<int, Film> Nobody(IReadOnlyList<int> ids) => throw new InvalidOperationException($"the source was asked for {ids.Count}");

    private async Task<ZoneCache> Cache(string own)
    {
        var cache = CacheBuilding.Of(
            TimeProvider.System, ("cache:zone", own), ("cache:zones:0:name", "a"), ("cache:zones:0:connection", _a!.Connection),
            ("cache:zones:1:name", "b"), ("cache:zones:1:connection", _b!.Connection),
            ("cache:local:hotReads", "1000000"), ("cache:local:seconds", "5"), ("resilience:policies:cache.zone:timeoutMs", "500"));
        _caches.Add(cache);
        await cache.StartAsync(default);
        return cache;
    }
}
