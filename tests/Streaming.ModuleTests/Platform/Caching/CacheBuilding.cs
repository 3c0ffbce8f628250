using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Platform.Caching;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Platform.Caching;

internal sealed record Film(string Name, int Year);

/// <summary>Caches as a process would have them.</summary>
internal static class CacheBuilding
{
    public static readonly CacheLife Hour = new(TimeSpan.FromHours(1), TimeSpan.FromHours(2));

    public static ZoneCache Of(TimeProvider clock, params (string Key, string Value)[] settings) => Of(clock, settings, out _);

    public static ZoneCache Of(TimeProvider clock, IEnumerable<(string Key, string Value)> settings, out Dependencies dependencies)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        var policies = new ResiliencePolicies(configuration, NullLogger<ResiliencePolicies>.Instance);
        dependencies = new Dependencies(policies, clock, NullLogger<Dependencies>.Instance);
        return new ZoneCache(CacheOptions.Read(configuration), dependencies, clock, NullLogger<ZoneCache>.Instance);
    }

    public static ValueTask<Film?> Film(this ZoneCache cache, string key, Func<CancellationToken, ValueTask<Film?>> factory, CacheLife? life = null, CancellationToken ct = default) =>
        cache.GetOrCreate(key, factory, static (make, ct) => make(ct), life ?? Hour, ct);
}
