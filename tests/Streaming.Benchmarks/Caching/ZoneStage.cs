using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Resilience;

namespace Streaming.Benchmarks.Caching;

/// <summary>About what a page of a catalogue weighs: 1 KB of JSON.</summary>
internal sealed record Page(int Number, string Name, IReadOnlyList<string> Lines)
{
    public static Page Of(int number) => new(number, $"page {number}", [.. Enumerable.Range(0, 20).Select(i => $"line {i} of page {number}, which has some text in it")]);
}

/// <summary>Three servers and processes' caches on them.</summary>
internal sealed class ZoneStage : IAsyncDisposable
{
    private static readonly string[] _names = ["a", "b", "c"];
    private readonly List<RedisServer> _servers = [];

    public RedisServer Own => _servers[0];

    public static async Task<ZoneStage> Start()
    {
        if (RedisServer.Program is null) throw new InvalidOperationException("redis-server is missing; STREAMING_TEST_REDIS_SERVER may name it.");
        var stage = new ZoneStage();
        foreach (var _ in _names) stage._servers.Add(await RedisServer.Start());
        return stage;
    }

    public static ZoneCache InMemory(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        var dependencies = new Dependencies(new ResiliencePolicies(configuration, NullLogger<ResiliencePolicies>.Instance), TimeProvider.System, NullLogger<Dependencies>.Instance);
        return new ZoneCache(CacheOptions.Read(configuration), dependencies, TimeProvider.System, NullLogger<ZoneCache>.Instance);
    }

    public async Task<ZoneCache> Cache(params (string Key, string Value)[] settings)
    {
        var zones = _names.SelectMany((name, i) => new[] { ($"cache:zones:{i}:name", name), ($"cache:zones:{i}:connection", _servers[i].Connection) });
        var cache = InMemory([.. zones, ("cache:zone", _names[0]), .. settings]);
        await cache.StartAsync(CancellationToken.None);
        while (!cache.Report().Zones.All(z => z.State == "serving")) await Task.Delay(10);
        return cache;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }
}
