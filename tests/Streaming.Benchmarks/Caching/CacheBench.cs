using System.Diagnostics;
using StackExchange.Redis;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using ZiggyCreatures.Caching.Fusion;

namespace Streaming.Benchmarks.Caching;

/// <summary>
/// Three zones on this machine: a hit from memory and from the own zone beside FusionCache and the bare client, hits of skewed reads, and
/// what a caller notices when the own zone dies or hangs.
/// </summary>
internal sealed class CacheBench : IBench
{
    private const int Keys = 10_000;
    private const double Exponent = 0.9;
    private static readonly CacheLife _life = new(TimeSpan.FromHours(1), TimeSpan.FromHours(2));

    public string Name => "cache";

    public string About => "the zone cache, against FusionCache 2.9.0 and bare StackExchange.Redis in the same run";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        await using var stage = await ZoneStage.Start();
        var rows = new List<Row>();
        rows.AddRange(await FromMemory(stage, cancellationToken));
        rows.AddRange(await FromOwnZone(stage, cancellationToken));
        rows.AddRange(await Skewed(stage, cancellationToken));
        rows.AddRange(await TooSmall(cancellationToken));
        rows.AddRange(await Outage(stage, "own zone killed", () => stage.Own.Kill(), () => stage.Own.Run(), cancellationToken));
        rows.AddRange(await Outage(stage, "own zone stopped (SIGSTOP)", () => stage.Own.Stop(), () => stage.Own.Continue(), cancellationToken));
        return rows;
    }

    private static async Task<IReadOnlyList<Row>> FromMemory(ZoneStage stage, CancellationToken ct)
    {
        await using var cache = await stage.Cache(("cache:local:seconds", "5"), ("cache:local:hotReads", "8"));
        using var fusion = new FusionCache(new FusionCacheOptions());
        var options = new FusionCacheEntryOptions(TimeSpan.FromHours(1));
        await cache.Set("hot", Page.Of(1), _life, ct);

        async Task Ours(int calls)
        {
            for (var i = 0; i < calls; i++) await cache.GetOrCreate("hot", 1, static (n, _) => new ValueTask<Page?>(Page.Of(n)), _life, ct);
        }

        async Task Theirs(int calls)
        {
            for (var i = 0; i < calls; i++) await fusion.GetOrSetAsync<Page>("hot", static (_, _) => Task.FromResult(Page.Of(1)), options, token: ct);
        }

        var (ours, theirs) = await InTurns(Ours, Theirs, batches: 200, calls: 5_000);
        return [Row.AtMost("hit from memory, median, ns (peer: FusionCache)", ours, 150, "ns") with { Peer = theirs, Ratio = ours / theirs }];
    }

    private static async Task<IReadOnlyList<Row>> FromOwnZone(ZoneStage stage, CancellationToken ct)
    {
        await using var cache = await stage.Cache(("cache:local:hotReads", "1000000"));
        await using var bare = await ConnectionMultiplexer.ConnectAsync(stage.Own.Connection);
        using var fusion = new FusionCache(new FusionCacheOptions());
        fusion.SetupSerializer(new JsonForFusion());
        fusion.SetupDistributedCache(new BareDistributedCache(bare.GetDatabase()));
        var options = new FusionCacheEntryOptions(TimeSpan.FromHours(1)).SetSkipMemoryCache();
        for (var i = 0; i < 1000; i++)
        {
            await cache.GetOrCreate($"page {i}", i, static (n, _) => new ValueTask<Page?>(Page.Of(n)), _life, ct);
            await fusion.SetAsync($"page {i}", Page.Of(i), options, token: ct);
        }

        var database = bare.GetDatabase();
        async Task Ours(int n) => await cache.GetOrCreate($"page {n}", n, static (n, _) => new ValueTask<Page?>(Page.Of(n)), _life, ct);
        async Task Bare(int n) => await database.StringGetAsync($"streaming:value:page {n}");
        async Task Theirs(int n) => await fusion.GetOrSetAsync<Page>($"page {n}", (_, _) => Task.FromResult(Page.Of(n)), options, token: ct);
        var times = await Each([Ours, Bare, Theirs], rounds: 20_000);
        return
        [
            Row.AtMost("hit from the own zone, p50, µs (peer: bare client, GET only)", times[0].P50, 150, "µs") with { Peer = times[1].P50, Ratio = times[0].P50 / times[1].P50 },
            Row.AtMost("hit from the own zone, p99, µs (peer: bare client, GET only)", times[0].P99, 1000, "µs") with { Peer = times[1].P99, Ratio = times[0].P99 / times[1].P99 },
            Row.Plain("hit from the own zone, p50, µs (peer: FusionCache, memory skipped)", times[0].P50, times[2].P50),
            Row.Plain("hit from the own zone, p99, µs (peer: FusionCache, memory skipped)", times[0].P99, times[2].P99),
        ];
    }

    private static async Task<IReadOnlyList<Row>> Skewed(ZoneStage stage, CancellationToken ct)
    {
        await using var cache = await stage.Cache(("cache:prefix", "skewed:"));
        await Read(cache, 400_000, depth: 8, ct);
        var before = cache.Report();
        var began = Stopwatch.GetTimestamp();
        await Read(cache, 200_000, depth: 8, ct);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var after = cache.Report();
        return
        [
            Row.AtLeast($"hits on Zipf {Exponent} of {Keys:N0} keys after 400,000 reads, %", 100.0 * (after.Hits - before.Hits) / (after.Reads - before.Reads), 99.5, "%"),
            Row.Plain("of them from memory, %", 100.0 * (after.Local.Hits - before.Local.Hits) / (after.Hits - before.Hits)),
            Row.Plain("reads a second, 8 at once, one process", 200_000 / seconds),
        ];
    }

    /// <summary>Memory for a tenth of the keys: what is thrown out decides.</summary>
    private static async Task<IReadOnlyList<Row>> TooSmall(CancellationToken ct)
    {
        await using var cache = ZoneStage.InMemory(("cache:local:maxEntries", $"{Keys / 10}"));
        using var fusion = new FusionCache(
            new FusionCacheOptions(), new Microsoft.Extensions.Caching.Memory.MemoryCache(new Microsoft.Extensions.Caching.Memory.MemoryCacheOptions { SizeLimit = Keys / 10 }));
        var options = new FusionCacheEntryOptions(TimeSpan.FromHours(1)) { Size = 1 };
        var (zipf, made) = (new Zipf(Keys, Exponent, seed: 7), 0);
        for (var i = 0; i < 200_000; i++)
        {
            var n = zipf.Next();
            await cache.GetOrCreate($"page {n}", n, static (n, _) => new ValueTask<Page?>(Page.Of(n)), _life, ct);
            await fusion.GetOrSetAsync<Page>($"page {n}", (_, _) =>
            {
                made++;
                return Task.FromResult(Page.Of(n));
            }, options, token: ct);
        }

        return [Row.Plain("hits in memory for a tenth of the keys, % (peer: FusionCache on MemoryCache)", cache.Report().HitPercent!.Value, 100.0 * (200_000 - made) / 200_000)];
    }

    /// <summary>Eight readers for six seconds; the zone goes after one and comes back after four.</summary>
    private static async Task<IReadOnlyList<Row>> Outage(ZoneStage stage, string what, Func<Task> go, Func<Task> comeBack, CancellationToken ct)
    {
        await using var cache = await stage.Cache(("cache:prefix", "skewed:"), ("cache:local:hotReads", "1000000"));
        await Read(cache, 20_000, depth: 8, ct);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var readers = Enumerable.Range(0, 8).Select(seed => Task.Run(() => Timed(cache, seed, over.Token), ct)).ToArray();
        await Task.Delay(1000, ct);
        await go();
        await Task.Delay(3000, ct);
        await comeBack();
        await Task.Delay(2000, ct);
        await over.CancelAsync();
        var all = await Task.WhenAll(readers);
        var times = all.SelectMany(r => r.Times).ToArray();
        return
        [
            Row.AtMost($"{what}: errors in {times.Length:N0} reads", all.Sum(r => r.Errors), 0, ""),
            Row.AtMost($"{what}: p99.9, ms", Samples.Percentile(times, 99.9) / 1000, 50, "ms"),
        ];
    }

    private static async Task<(List<double> Times, int Errors)> Timed(ZoneCache cache, int seed, CancellationToken over)
    {
        var (zipf, times, errors) = (new Zipf(Keys, Exponent, seed), new List<double>(), 0);
        while (!over.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                var n = zipf.Next();
                if (await cache.GetOrCreate($"page {n}", n, static (n, _) => new ValueTask<Page?>(Page.Of(n)), _life, CancellationToken.None) is not { } page || page.Number != n) errors++;
            }
            catch (Exception)
            {
                errors++;
            }

            times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return (times, errors);
    }

    private static Task Read(ZoneCache cache, int reads, int depth, CancellationToken ct) => Task.WhenAll(Enumerable.Range(0, depth).Select(seed => Task.Run(async () =>
    {
        var zipf = new Zipf(Keys, Exponent, seed + reads);
        for (var i = 0; i < reads / depth; i++)
        {
            var n = zipf.Next();
            await cache.GetOrCreate($"page {n}", n, static (n, _) => new ValueTask<Page?>(Page.Of(n)), _life, ct);
        }
    }, ct)));

    private static async Task<(double Ours, double Theirs)> InTurns(Func<int, Task> ours, Func<int, Task> theirs, int batches, int calls)
    {
        var (timesOfOurs, timesOfTheirs) = (new List<double>(), new List<double>());
        for (var i = 0; i < batches; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await ours(calls);
            timesOfOurs.Add(Stopwatch.GetElapsedTime(began).TotalNanoseconds / calls);
            began = Stopwatch.GetTimestamp();
            await theirs(calls);
            timesOfTheirs.Add(Stopwatch.GetElapsedTime(began).TotalNanoseconds / calls);
        }

        // The first half has warmed the compiler up.
        return (Samples.Percentile(timesOfOurs.Skip(batches / 2), 50), Samples.Percentile(timesOfTheirs.Skip(batches / 2), 50));
    }

    private static async Task<(double P50, double P99)[]> Each(Func<int, Task>[] calls, int rounds)
    {
        var times = calls.Select(_ => new List<double>(rounds)).ToArray();
        for (var round = 0; round < rounds + rounds / 4; round++)
        {
            for (var i = 0; i < calls.Length; i++)
            {
                var began = Stopwatch.GetTimestamp();
                await calls[i](round % 1000);
                if (round >= rounds / 4) times[i].Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            }
        }

        return [.. times.Select(t => (Samples.Percentile(t, 50), Samples.Percentile(t, 99)))];
    }
}
