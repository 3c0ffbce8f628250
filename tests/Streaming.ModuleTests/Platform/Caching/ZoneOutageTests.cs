using Streaming.ModuleTests.Fixtures;

namespace Streaming.ModuleTests.Platform.Caching;

/// <summary>What reading costs while the own zone is lost, by the policy as it is delivered.</summary>
internal sealed class ZoneOutageTests
{
    private const int Films = 500;
    private const int Reads = 20_000;

    [TestCase(false, Description = "killed")]
    [TestCase(true, Description = "stopped by SIGSTOP")]
    public async Task A_lost_zone_is_an_error_to_nobody_and_a_wait_to_hardly_anybody(bool hangs)
    {
        if (RedisServer.Program is null) Assert.Ignore("redis-server is missing; STREAMING_TEST_REDIS_SERVER may name it");
        await using var own = await RedisServer.Start();
        await using var other = await RedisServer.Start();
        await using var cache = CacheBuilding.Of(
            TimeProvider.System,
            ("cache:zones:0:name", "a"), ("cache:zones:0:connection", own.Connection), ("cache:zones:1:name", "b"), ("cache:zones:1:connection", other.Connection),
            ("cache:zone", "a"), ("cache:local:hotReads", "1000000"));
        await cache.StartAsync(default);
        for (var film = 0; film < Films; film++) await cache.Film($"film {film}", _ => new(new Film("", 1)));
        for (var i = 0; i < 1000 && cache.Report().Zones.Any(z => z.State != "serving" || z.Queued > 0); i++) await Task.Delay(10);

        try
        {
            var times = new double[Reads];
            for (var read = 0; read < Reads; read++)
            {
                if (read == Reads / 10) await (hangs ? own.Stop() : own.Kill());
                var began = TimeProvider.System.GetTimestamp();
                Assert.That((await cache.Film($"film {read % Films}", _ => new(new Film("", 1))))!.Year, Is.EqualTo(1));
                times[read] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            }

            Array.Sort(times);
            TestContext.Out.WriteLine($"p50 {times[Reads / 2]:0.000} ms, p99.9 {times[^(Reads / 1000)]:0.0} ms, longest {times[^1]:0} ms");
            Assert.That(times[^(Reads / 1000)], Is.LessThan(50));
        }
        finally
        {
            await own.Continue();
        }
    }
}
