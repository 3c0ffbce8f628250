using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Caching;

/// <summary>
/// The Redis of one zone. Nothing is queued while it is not connected, and every answer is waited for no longer than the policy
/// allows: the client's own time-out is noticed only on its heartbeat, once a second.
/// </summary>
internal sealed class ZoneServer(ZoneOptions options, string prefix, Dependency dependency) : IAsyncDisposable
{
    private const string SetIfNewer = """
        local known = redis.call('GETRANGE', KEYS[1], 0, 20)
        if known >= string.sub(ARGV[1], 1, 21) then return known end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        if ARGV[3] ~= '' then redis.call('PUBLISH', KEYS[2], ARGV[3]) end
        return ''
        """;

    private const string RaiseTag = """
        redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
        if ARGV[4] ~= '' then redis.call('PUBLISH', KEYS[2], ARGV[4]) end
        return ''
        """;

    private const string UnlockOwn = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    private static readonly InvalidOperationException _away = new("The zone has not been connected yet.");

    private readonly RedisKey _values = prefix + "value:";
    private readonly RedisKey _locks = prefix + "lock:";
    private readonly RedisKey _tags = prefix + "tags";
    private readonly RedisKey _warm = prefix + "warm";
    private readonly string _channel = prefix + "changes";
    private ConnectionMultiplexer? _connection;
    private IDatabase? _database;

    public CircuitState Circuit => dependency.State;

    /// <param name="heard">Told every change that another process announces.</param>
    /// <param name="lost">Told when the connection breaks.</param>
    public async Task<bool> Connect(Action<byte[]> heard, Action lost)
    {
        if (_database is not null) return true;
        var settings = ConfigurationOptions.Parse(options.Connection);
        settings.AbortOnConnectFail = false;
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ConnectTimeout = 1000;
        settings.AsyncTimeout = 1000;
        settings.ReconnectRetryPolicy = new LinearRetry(500);
        settings.ClientName = "streaming";
        var connection = await ConnectionMultiplexer.ConnectAsync(settings);
        connection.ConnectionFailed += (_, _) => lost();
        // Where the server is not there yet, the client goes on trying, and subscribes once it is.
        await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal(_channel), (_, message) => heard((byte[])message!), CommandFlags.FireAndForget);
        (_connection, _database) = (connection, connection.GetDatabase());
        return true;
    }

    public ValueTask<Outcome<RedisValue>> Get(string key, CancellationToken cancellationToken) =>
        Try(static (s, _) => new ValueTask<RedisValue>(s.Database.StringGetAsync(s.State)), ((RedisKey)key).Prepend(_values), cancellationToken);

    public ValueTask<Outcome<RedisValue[]>> GetMany(string[] keys, CancellationToken cancellationToken) => Try(
        static (s, _) => new ValueTask<RedisValue[]>(s.Database.StringGetAsync(s.State)),
        Array.ConvertAll(keys, key => ((RedisKey)key).Prepend(_values)), cancellationToken);

    /// <summary>Answers with the version that was there instead.</summary>
    public async ValueTask<Outcome<(WriteOutcome Outcome, CacheVersion Known)>> Write(ZoneWrite write, long now, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Tag) return await Raise(write, announced: true, cancellationToken);
        var value = write.Value!;
        if (value.HardAt <= now)
        {
            if (write.Kind is not (WriteKind.Set or WriteKind.Removal)) return Outcome.FromResult((WriteOutcome.Present, write.Version));
            // It has waited longer than it holds, and what the zone has from before may hold longer.
            value = ZoneValue.Removed(write.Version, now);
        }

        var left = value.HardAt - now;
        var announcement = write.Kind is WriteKind.Set or WriteKind.Removal ? Announcement.Of(write) : [];
        var outcome = await Try(
            static (s, _) => new ValueTask<RedisResult>(s.Database.ScriptEvaluateAsync(SetIfNewer, s.State.Keys, s.State.Values)),
            (Keys: new RedisKey[] { ((RedisKey)write.Key).Prepend(_values), _channel }, Values: new RedisValue[] { value.Bytes, left, announcement }),
            cancellationToken);
        if (outcome.Exception is { } failure) return Outcome.FromException<(WriteOutcome, CacheVersion)>(failure);
        if (!CacheVersion.TryParse((byte[]?)outcome.Result ?? [], out var known)) return Outcome.FromResult((WriteOutcome.Written, write.Version));
        return Outcome.FromResult((known == write.Version ? WriteOutcome.Present : WriteOutcome.Newer, known));
    }

    public async ValueTask<Outcome<(WriteOutcome Outcome, CacheVersion Known)>> Raise(ZoneWrite tag, bool announced, CancellationToken cancellationToken)
    {
        var outcome = await Try(
            static (s, _) => new ValueTask<RedisResult>(s.Database.ScriptEvaluateAsync(RaiseTag, s.State.Keys, s.State.Values)),
            (Keys: new RedisKey[] { _tags, _channel }, Values: new RedisValue[]
            {
                tag.Version.Time, tag.Key, tag.Version.Time - (HybridClock.TimeOf((long)CacheLife.Longest.TotalMilliseconds) - HybridClock.TimeOf(0)),
                announced ? Announcement.Of(tag) : [],
            }),
            cancellationToken);
        return outcome.Exception is { } failure
            ? Outcome.FromException<(WriteOutcome, CacheVersion)>(failure) : Outcome.FromResult((WriteOutcome.Written, tag.Version));
    }

    /// <summary>Tags whose epoch is at or after this time.</summary>
    public ValueTask<Outcome<SortedSetEntry[]>> Tags(long since, CancellationToken cancellationToken) =>
        Try(static (s, _) => new ValueTask<SortedSetEntry[]>(s.Database.SortedSetRangeByScoreWithScoresAsync(s.State._tags, s.State.since)), (_tags, since), cancellationToken);

    public ValueTask<Outcome<bool>> TryLock(string key, string token, TimeSpan lease, CancellationToken cancellationToken) => Try(
        static (s, _) => new ValueTask<bool>(s.Database.StringSetAsync(s.State.Key, s.State.token, s.State.lease, When.NotExists)),
        (Key: ((RedisKey)key).Prepend(_locks), token, lease), cancellationToken);

    public ValueTask<Outcome<RedisResult>> Unlock(string key, string token, CancellationToken cancellationToken) => Try(
        static (s, _) => new ValueTask<RedisResult>(s.Database.ScriptEvaluateAsync(UnlockOwn, s.State.Keys, s.State.Values)),
        (Keys: new[] { ((RedisKey)key).Prepend(_locks) }, Values: new RedisValue[] { token }), cancellationToken);

    /// <summary>Whether it has been filled since it was last empty. The mark dies with what it stands for.</summary>
    public ValueTask<Outcome<bool>> IsWarm(CancellationToken cancellationToken) =>
        Try(static (s, _) => new ValueTask<bool>(s.Database.KeyExistsAsync(s.State)), _warm, cancellationToken);

    public ValueTask<Outcome<bool>> MarkWarm(CancellationToken cancellationToken) =>
        Try(static (s, _) => new ValueTask<bool>(s.Database.StringSetAsync(s.State, "1")), _warm, cancellationToken);

    /// <summary>Deletes everything of this installation. Takes as long as it takes.</summary>
    public async Task Clear(CancellationToken cancellationToken)
    {
        if (_connection is null || _database is null) return;
        foreach (var server in _connection.GetServers())
            await foreach (var key in server.KeysAsync(_database.Database, prefix + "*", pageSize: 1000).WithCancellation(cancellationToken))
                await _database.KeyDeleteAsync(key);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    private ValueTask<Outcome<T>> Try<T, TState>(Func<(IDatabase Database, TState State), CancellationToken, ValueTask<T>> call, TState state, CancellationToken cancellationToken) =>
        _database is { } database ? dependency.Try(call, (database, state), cancellationToken) : ValueTask.FromResult(Outcome.FromException<T>(_away));
}

/// <summary>What other processes are told: k or t, the version, and the key or tag.</summary>
internal static class Announcement
{
    private const byte Key = (byte)'k';
    private const byte Tag = (byte)'t';

    public static byte[] Of(ZoneWrite write)
    {
        var bytes = new byte[1 + CacheVersion.Length + System.Text.Encoding.UTF8.GetByteCount(write.Key)];
        bytes[0] = write.Kind == WriteKind.Tag ? Tag : Key;
        write.Version.TryFormat(bytes.AsSpan(1));
        System.Text.Encoding.UTF8.GetBytes(write.Key, bytes.AsSpan(1 + CacheVersion.Length));
        return bytes;
    }

    public static (bool IsTag, CacheVersion Version, string Name)? Read(byte[] bytes) =>
        bytes is [Key or Tag, ..] && CacheVersion.TryParse(bytes.AsSpan(1), out var version)
            ? (bytes[0] == Tag, version, System.Text.Encoding.UTF8.GetString(bytes.AsSpan(1 + CacheVersion.Length)))
            : null;
}
