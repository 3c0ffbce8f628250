using System.ComponentModel.DataAnnotations;

namespace Streaming.Host.Gateway.Limits;

/// <summary>Whose requests are counted together.</summary>
internal enum LimitedBy
{
    /// <summary>One IPv4 address, or one /64 of IPv6, which is what one subscriber has.</summary>
    Address,

    /// <summary>One account, wherever it is signed in.</summary>
    User,

    /// <summary>One API key.</summary>
    Key,
}

/// <summary>A token bucket: <c>gateway:limits:{name}</c>. The limits named address, user and key hold everywhere, others where a route names them.</summary>
internal sealed record RateLimit
{
    public static readonly RateLimit[] BuiltIn =
    [
        // A household that watches, browses and uploads at once stays far below; a flood does not.
        new() { Name = "address", By = LimitedBy.Address, PerSecond = 1000, Burst = 5000 },
        new() { Name = "user", By = LimitedBy.User, PerSecond = 200, Burst = 2000 },
        new() { Name = "key", By = LimitedBy.Key, PerSecond = 200, Burst = 2000 },
        // Each try costs a tenth of a second of processor time, whoever it is; a whole office may come in at nine.
        new() { Name = "sign-in", By = LimitedBy.Address, PerSecond = 1, Burst = 100 },
    ];

    public string Name { get; init; } = "";

    public LimitedBy By { get; init; }

    /// <summary>Tokens that come back a second; a request takes one.</summary>
    [Range(0.001, 10_000_000)]
    public double PerSecond { get; init; } = 100;

    /// <summary>Tokens that a full bucket holds.</summary>
    [Range(1, 10_000_000)]
    public int Burst { get; init; } = 1000;

    public bool HoldsEverywhere => Name is "address" or "user" or "key";
}

/// <summary>The section <c>gateway:limits</c>.</summary>
internal sealed record RateLimitOptions
{
    /// <summary>A Redis that the hosts share their limits through; none for limits a host.</summary>
    public string? Redis { get; init; }

    /// <summary>Buckets kept a limit; beyond that, those unused for longest are forgotten.</summary>
    public int Partitions { get; init; } = 100_000;

    public IReadOnlyList<RateLimit> All { get; init; } = RateLimit.BuiltIn;
}
