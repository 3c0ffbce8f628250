using System.ComponentModel.DataAnnotations;

namespace Streaming.Host.Gateway.Shedding;

/// <summary>How much this host takes on at once: <c>gateway:shedding</c>.</summary>
internal sealed record SheddingOptions
{
    /// <summary>False lets everything in, and only counts.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The limit never falls below this.</summary>
    [Range(1, 100_000)]
    public int Minimum { get; init; } = 10;

    /// <summary>Where the limit begins: a host that has just started has learned nothing yet.</summary>
    [Range(1, 100_000)]
    public int Initial { get; init; } = 100;

    /// <summary>The limit never rises above this.</summary>
    [Range(1, 100_000)]
    public int Maximum { get; init; } = 500;

    /// <summary>How many times its usual time an answer may take before the limit falls.</summary>
    [Range(1, 100)]
    public double Tolerance { get; init; } = 1.5;

    /// <summary>The share of the limit up to which finding a film is let in.</summary>
    [Range(0.01, 1)]
    public double Browse { get; init; } = 0.7;

    /// <summary>The share of the limit up to which operators' and publishers' work is let in.</summary>
    [Range(0.01, 1)]
    public double Background { get; init; } = 0.35;

    /// <summary>Places above the others' share that at least are kept for playback; a share of a small limit would be too few for its ups and downs.</summary>
    [Range(0, 10_000)]
    public int Reserve { get; init; } = 20;
}

/// <summary>Media answers, which last as long as the client's line makes them: <c>gateway:media</c>.</summary>
internal sealed record MediaOptions
{
    /// <summary>Media answers under way at once.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; init; } = 4096;

    /// <summary>Of those, how many for one address.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsPerAddress { get; init; } = 256;

    /// <summary>Bytes of media a second, all answers together; 0 for as many as the line takes.</summary>
    [Range(0, long.MaxValue)]
    public long BytesPerSecond { get; init; }
}
