using System.ComponentModel.DataAnnotations;
using Streaming.Host.Gateway.Forwarding;
using Streaming.Host.Gateway.Limits;
using Streaming.Host.Gateway.Shedding;

namespace Streaming.Host.Gateway;

/// <summary>The section <c>gateway</c>, as it was read and found right.</summary>
internal sealed record GatewayOptions
{
    /// <summary>Proxies whose word on the client's address, scheme and request id is taken: addresses or networks.</summary>
    public TrustedPeers TrustedProxies { get; init; } = TrustedPeers.None;

    /// <summary>How long a request may take where its client does not ask for less, in milliseconds.</summary>
    public int DeadlineMs { get; init; } = 10_000;

    public RateLimitOptions Limits { get; init; } = new();

    public SheddingOptions Shedding { get; init; } = new();

    public MediaOptions Media { get; init; } = new();

    public CrossOriginOptions Cors { get; init; } = new();

    public ServerOptions Server { get; init; } = new();

    /// <summary>Where this host stands; instances of the same region are asked first.</summary>
    public string Region { get; init; } = "local";

    public ForwardingOptions Forwarding { get; init; } = new();
}

/// <summary>Other sites whose pages may use the API: <c>gateway:cors</c>. None by default.</summary>
internal sealed record CrossOriginOptions
{
    /// <summary>Scheme, host and port, such as <c>https://studio.example.org</c>.</summary>
    public string[] Origins { get; init; } = [];
}

/// <summary>What the server takes before any of our code runs: <c>gateway:server</c>. Read at the start.</summary>
internal sealed record ServerOptions
{
    /// <summary>Connections at once; further ones are closed at once.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; init; } = 10_000;

    [Range(10, 1000)]
    public int HeaderCount { get; init; } = 100;

    /// <summary>All header lines together.</summary>
    [Range(1024, 1024 * 1024)]
    public int HeaderBytes { get; init; } = 32 * 1024;

    /// <summary>A body, where the endpoint does not say otherwise, as uploads do.</summary>
    [Range(1024, 1024L * 1024 * 1024)]
    public long BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>From a request's first byte to the end of its headers.</summary>
    [Range(1, 600)]
    public int HeaderSeconds { get; init; } = 10;

    /// <summary>How long a connection may lie idle between requests.</summary>
    [Range(1, 3600)]
    public int KeepAliveSeconds { get; init; } = 120;

    /// <summary>The least rate of a body in either direction, after <see cref="GraceSeconds"/>.</summary>
    [Range(1, 1_000_000)]
    public int MinBytesPerSecond { get; init; } = 240;

    [Range(2, 600)]
    public int GraceSeconds { get; init; } = 5;
}
