using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;
using Streaming.Platform.Wire;
using ZiggyCreatures.Caching.Fusion.Serialization;

namespace Streaming.Benchmarks.Caching;

/// <summary>The same JSON for the peer.</summary>
internal sealed class JsonForFusion : IFusionCacheSerializer
{
    public byte[] Serialize<T>(T? obj) => JsonSerializer.SerializeToUtf8Bytes(obj, ContractJson.Options);

    public T? Deserialize<T>(byte[] data) => JsonSerializer.Deserialize<T>(data, ContractJson.Options);

    public ValueTask<byte[]> SerializeAsync<T>(T? obj, CancellationToken token = default) => new(Serialize(obj));

    public ValueTask<T?> DeserializeAsync<T>(byte[] data, CancellationToken token = default) => new(Deserialize<T>(data));
}

/// <summary>One GET or SET and nothing around it: less than any package that the peer would be used with.</summary>
internal sealed class BareDistributedCache(IDatabase database) : IDistributedCache
{
    private static readonly RedisKey _prefix = "fusion:";

    public byte[]? Get(string key) => database.StringGet(((RedisKey)key).Prepend(_prefix));

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default) => await database.StringGetAsync(((RedisKey)key).Prepend(_prefix));

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => database.StringSet(((RedisKey)key).Prepend(_prefix), value, TimeSpan.FromHours(1));

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        database.StringSetAsync(((RedisKey)key).Prepend(_prefix), value, TimeSpan.FromHours(1));

    public void Refresh(string key)
    {
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public void Remove(string key) => database.KeyDelete(((RedisKey)key).Prepend(_prefix));

    public Task RemoveAsync(string key, CancellationToken token = default) => database.KeyDeleteAsync(((RedisKey)key).Prepend(_prefix));
}
