namespace Streaming.Host.Gateway.Limits;

/// <summary>What runs inside Redis, by its own clock, so that hosts' clocks do not matter.</summary>
internal static class LeaseScripts
{
    public const string HostsKey = "streaming:gateway:hosts";

    /// <summary>ARGV: tokens a second, burst, tokens wanted. Answers tokens granted, and the milliseconds until there is one more where they were fewer.</summary>
    public const string Lease = """
        local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = time[1] * 1000 + time[2] / 1000
        local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = tonumber(bucket[1]) or burst
        local at = tonumber(bucket[2]) or now
        tokens = math.min(burst, tokens + math.max(0, now - at) * rate / 1000)
        local granted = math.min(wanted, math.floor(tokens))
        tokens = tokens - granted
        redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.3f', now))
        redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
        local empty = 0
        if granted < wanted then empty = math.max(1, math.ceil((1 - tokens) / rate * 1000)) end
        return { granted, empty }
        """;

    /// <summary>ARGV: this host. Answers how many there have been in the last five seconds.</summary>
    public const string Beat = """
        local now = tonumber(redis.call('TIME')[1])
        redis.call('ZADD', KEYS[1], now, ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 5)
        redis.call('EXPIRE', KEYS[1], 60)
        return redis.call('ZCARD', KEYS[1])
        """;
}
