using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>What became of a request that was to be served elsewhere.</summary>
internal enum HopOutcome
{
    /// <summary>An instance has answered.</summary>
    Answered,

    /// <summary>None could, and this host has served it.</summary>
    Rescued,

    /// <summary>It was sent and may have been done, and its answer did not come.</summary>
    Lost,

    /// <summary>Its client went away, or an answer broke off in the middle.</summary>
    BrokenOff,
}

/// <summary>One request on its way to another process.</summary>
/// <param name="pool">Where to.</param>
/// <param name="isReplayable">A question without a body: it may be asked again, and of two at once.</param>
/// <param name="body">All of its body.</param>
/// <param name="limit">How long to wait for an answer.</param>
/// <param name="isRepeatable">Whether it may be done here after it may have been done there: the second time finds the first.</param>
internal sealed class Hop(ModulePool pool, bool isReplayable, byte[] body, TimeSpan limit, bool isRepeatable)
{
    public static readonly HttpRequestOptionsKey<Hop> Key = new("streaming.hop");

    public ModulePool Pool { get; } = pool;

    public bool IsReplayable { get; } = isReplayable;

    public byte[] Body { get; } = body;

    public TimeSpan Limit { get; } = limit;

    public bool IsRepeatable { get; } = isRepeatable;

    /// <summary>Some of it may have reached an instance that acts on it.</summary>
    public bool IsSent { get; set; }

    public bool IsLate { get; set; }

    /// <summary>An instance has answered that something is wrong with it.</summary>
    public bool HasFaulted { get; set; }

    public Instance? ServedBy { get; set; }

    /// <summary>How long the answer took, whoever gave it.</summary>
    public TimeSpan? Took { get; set; }

    /// <summary>When this host began to serve it after all, as a timestamp: what was waited for elsewhere does not say how busy this one is.</summary>
    public long? RescuedAt { get; set; }

    public int Retries { get; private set; }

    public int Hedges { get; private set; }

    public bool MayRetry()
    {
        if (Retries == 0 && !Pool.Memory.Pace.MayRetry()) return false;
        Retries++;
        return true;
    }

    public bool MayHedge()
    {
        if (Hedges == 0 && !Pool.Memory.Pace.MayHedge()) return false;
        Hedges++;
        return true;
    }
}
