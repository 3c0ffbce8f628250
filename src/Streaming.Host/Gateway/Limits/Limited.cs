namespace Streaming.Host.Gateway.Limits;

/// <summary>A store that the hosts share a limit's tokens through.</summary>
internal interface ITokenStore
{
    /// <summary>Whether it has answered lately.</summary>
    bool IsReachable { get; }

    /// <summary>Hosts that share it, as it last said; at least 1.</summary>
    int Hosts { get; }

    /// <summary>Asks it for tokens; they come later, to <see cref="Limited.Lease"/>. False where too much is being asked for already.</summary>
    bool Ask(Limited limited, UInt128 key, int tokens);
}

/// <summary>One limit with its buckets.</summary>
internal sealed class Limited(RateLimit limit, TokenBuckets buckets, ITokenStore? store)
{
    // Small enough that what some hosts hold while others starve does not matter, large enough for one question a twentieth of the burst.
    private readonly int _batch = Math.Max(1, limit.Burst / 20);

    public RateLimit Limit { get; } = limit;

    public TokenBuckets Buckets { get; } = buckets;

    /// <summary>Takes a token. With the store gone, each host keeps to its share of the limit.</summary>
    public Taken Take(UInt128 key)
    {
        if (store is null) return Buckets.Take(key, Limit.PerSecond, Limit.Burst);
        if (!store.IsReachable) return Buckets.Take(key, Limit.PerSecond / store.Hosts, Math.Max(1, (double)Limit.Burst / store.Hosts));
        var taken = Buckets.TakeLeased(key, _batch, out var wanted);
        if (wanted > 0 && !store.Ask(this, key, wanted)) Buckets.Lease(key, 0, TimeSpan.Zero);
        return taken;
    }

    public void Lease(UInt128 key, int granted, TimeSpan emptyFor) => Buckets.Lease(key, granted, emptyFor);
}
