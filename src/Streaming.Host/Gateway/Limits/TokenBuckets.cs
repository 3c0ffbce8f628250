namespace Streaming.Host.Gateway.Limits;

/// <summary>What came of asking a bucket for a token.</summary>
/// <param name="IsAllowed">Whether there was one.</param>
/// <param name="Left">Tokens left afterwards, as far as this host knows.</param>
/// <param name="RetryAfter">When there will be one, where there was none.</param>
internal readonly record struct Taken(bool IsAllowed, double Left, TimeSpan RetryAfter);

/// <summary>
/// The token buckets of one limit, at most a fixed number of them. They fill by the clock, or by what a store leases to this host; in
/// that case a request never waits for the store: it is let through on credit, of at most a batch a client, while an answer is out.
/// </summary>
internal sealed class TokenBuckets
{
    private const int Shards = 64;

    private readonly BucketShard[] _shards = new BucketShard[Shards];
    private readonly TimeProvider _clock;

    public TokenBuckets(int capacity, TimeProvider clock)
    {
        _clock = clock;
        for (var i = 0; i < Shards; i++) _shards[i] = new BucketShard((capacity + Shards - 1) / Shards);
    }

    public int Count => _shards.Sum(s => s.Count);

    /// <summary>Takes a token from a bucket that fills by the clock.</summary>
    public Taken Take(UInt128 key, double perSecond, double burst)
    {
        var (shard, now) = (ShardOf(key), _clock.GetTimestamp());
        lock (shard.Gate)
        {
            ref var bucket = ref shard.Touch(key, burst, now);
            bucket.Tokens = Math.Min(burst, bucket.Tokens + (_clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
            bucket.At = now;
            if (bucket.Tokens < 1) return new Taken(false, 0, TimeSpan.FromSeconds((1 - bucket.Tokens) / perSecond));
            bucket.Tokens--;
            return new Taken(true, bucket.Tokens, TimeSpan.Zero);
        }
    }

    /// <summary>Takes a token of those that are leased, and says how many are to be asked for; 0 for none.</summary>
    public Taken TakeLeased(UInt128 key, int batch, out int wanted)
    {
        var (shard, now) = (ShardOf(key), _clock.GetTimestamp());
        lock (shard.Gate)
        {
            ref var bucket = ref shard.Touch(key, 0, now);
            bucket.At = now;
            var isEmpty = now < bucket.EmptyUntil;
            var isAllowed = bucket.Tokens >= 1 || (!isEmpty && bucket.Tokens - 1 >= -batch);
            if (isAllowed) bucket.Tokens--;
            wanted = 0;
            if (bucket.Tokens < batch / 2d && !bucket.IsAsked && !isEmpty)
            {
                bucket.IsAsked = true;
                wanted = batch + (int)Math.Ceiling(Math.Max(0, -bucket.Tokens));
            }

            return isAllowed
                ? new Taken(true, Math.Max(0, bucket.Tokens), TimeSpan.Zero)
                : new Taken(false, 0, isEmpty ? _clock.GetElapsedTime(now, bucket.EmptyUntil) : TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Tokens have come from the store.</summary>
    /// <param name="emptyFor">How long it has none left; zero where it gave all that was asked for.</param>
    public void Lease(UInt128 key, int granted, TimeSpan emptyFor)
    {
        var (shard, now) = (ShardOf(key), _clock.GetTimestamp());
        lock (shard.Gate)
        {
            // Forgotten meanwhile: so are its tokens.
            if (!shard.Knows(key)) return;
            ref var bucket = ref shard.Touch(key, 0, now);
            bucket.IsAsked = false;
            bucket.Tokens += granted;
            bucket.EmptyUntil = now + (long)(emptyFor.TotalSeconds * _clock.TimestampFrequency);
        }
    }

    private BucketShard ShardOf(UInt128 key) => _shards[(uint)key.GetHashCode() % Shards];
}
