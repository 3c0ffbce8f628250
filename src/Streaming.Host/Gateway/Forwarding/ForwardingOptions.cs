using System.ComponentModel.DataAnnotations;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>Which modules' routes are served elsewhere: <c>gateway:forwarding</c>, as it was read and found right.</summary>
internal sealed record ForwardingOptions
{
    /// <summary>Within which an instance says that it lives. A probe that is missed is repeated at once, and two in a row put the instance out.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(350);

    public IReadOnlyList<ModuleForwarding> Modules { get; init; } = [];
}

/// <summary>One module's dial and the instances behind it.</summary>
internal sealed record ModuleForwarding(string Module, StickyShare Share, IReadOnlyList<InstanceAddress> Instances, ModuleSection Section);

/// <summary>What can be said of a module: <c>gateway:forwarding:{module}</c>.</summary>
internal sealed record ModuleSection
{
    /// <summary>The share of accounts, and of strangers' addresses, that are served elsewhere, to two decimals.</summary>
    [Range(typeof(decimal), "0", "100")]
    public decimal Percent { get; init; }

    /// <summary>Which accounts they are; the module's name where it is absent.</summary>
    [MaxLength(100)]
    public string? Salt { get; init; }

    public InstanceSection[] Instances { get; init; } = [];

    /// <summary>How long an instance that has come back takes to get its whole share.</summary>
    [Range(0, 3600)]
    public int RampSeconds { get; init; } = 30;

    /// <summary>No second instance is asked sooner than this, however quick answers are.</summary>
    [Range(1, 60_000)]
    public int HedgeFloorMs { get; init; } = 10;

    /// <summary>And none later, however slow they are.</summary>
    [Range(1, 60_000)]
    public int HedgeCeilingMs { get; init; } = 500;

    /// <summary>When, while too few answers have come to know how long they take.</summary>
    [Range(1, 60_000)]
    public int HedgeUnknownMs { get; init; } = 100;

    /// <summary>A request with a longer body is served here: what is passed on is held in memory until it is answered.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int BodyBytes { get; init; } = 256 * 1024;
}

internal sealed record InstanceSection
{
    public string Name { get; init; } = "";

    public string Address { get; init; } = "";

    /// <summary>This host's own where it is absent.</summary>
    public string? Region { get; init; }
}
