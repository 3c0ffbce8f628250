using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>One module's instances as they are configured now, with what is remembered of its requests across changes.</summary>
internal sealed record ModulePool(ModuleForwarding Settings, InstancePool Instances, PoolMemory Memory)
{
    public string Module => Settings.Module;

    /// <summary>The decision that sends requests there; null where the configuration does.</summary>
    public ModuleDial? Dial { get; init; }

    /// <summary>Whether anything is known of its instances; a module that has just been moved stays here until then.</summary>
    public bool IsReady => Dial is null || !MayRescue || Instances.IsProven;

    /// <summary>Whether this host serves what no instance answers.</summary>
    public bool MayRescue => Dial is not { Mode: DialMode.Detached };

    public TimeSpan HedgeAfter => Memory.Pace.HedgeAfter(
        TimeSpan.FromMilliseconds(Settings.Section.HedgeFloorMs), TimeSpan.FromMilliseconds(Settings.Section.HedgeCeilingMs),
        TimeSpan.FromMilliseconds(Settings.Section.HedgeUnknownMs));
}

/// <summary>What a module's requests have been like since the start.</summary>
internal sealed class PoolMemory(TimeProvider clock)
{
    private readonly long[] _outcomes = new long[Enum.GetValues<HopOutcome>().Length];
    private long _retries;
    private long _hedges;

    public PoolPace Pace { get; } = new(clock);

    public long Retries => Volatile.Read(ref _retries);

    public long Hedges => Volatile.Read(ref _hedges);

    public long Of(HopOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    public void Add(HopOutcome outcome, int retries, int hedges)
    {
        Interlocked.Increment(ref _outcomes[(int)outcome]);
        if (retries > 0) Interlocked.Add(ref _retries, retries);
        if (hedges > 0) Interlocked.Add(ref _hedges, hedges);
    }
}
