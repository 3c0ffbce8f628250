using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;

namespace Streaming.Host.Rehearsing;

/// <summary>A module's dial, as the host says.</summary>
internal sealed record ModuleNow(string Module, string Mode, decimal Percent, long Epoch, IReadOnlyList<string> Instances, GuardReport? Guard, ShadowReport? Shadow);

/// <summary>How the modules of a rehearsal stand together: counts are added up, and of percentiles and evidence the worst stands for all.</summary>
internal static class ModulesNow
{
    public static GuardReport? Guard(this IEnumerable<ModuleNow> modules) =>
        modules.Select(m => m.Guard).OfType<GuardReport>().Aggregate((GuardReport?)null, (all, one) => all is null ? one : new GuardReport(
            Math.Max(all.Epoch, one.Epoch), all.CallsHere + one.CallsHere, all.CallsThere + one.CallsThere, all.FailedHere + one.FailedHere, all.FailedThere + one.FailedThere,
            all.SlowHere + one.SlowHere, all.SlowThere + one.SlowThere, Math.Max(all.FailedE, one.FailedE), Math.Max(all.SlowE, one.SlowE),
            Worst(all.P50HereMs, one.P50HereMs), Worst(all.P50ThereMs, one.P50ThereMs), Worst(all.P99HereMs, one.P99HereMs), Worst(all.P99ThereMs, one.P99ThereMs)));

    public static ShadowReport? Shadow(this IEnumerable<ModuleNow> modules) =>
        modules.Select(m => m.Shadow).OfType<ShadowReport>().Aggregate((ShadowReport?)null, (all, one) => all is null ? one : new ShadowReport(
            all.Compared + one.Compared, all.Same + one.Same, all.Mismatched + one.Mismatched, all.Raced + one.Raced, all.Noisy + one.Noisy, all.Failed + one.Failed,
            all.Dropped + one.Dropped, all.LastFailure ?? one.LastFailure, Worst(all.P50HereMs, one.P50HereMs), Worst(all.P50ThereMs, one.P50ThereMs),
            Worst(all.P99HereMs, one.P99HereMs), Worst(all.P99ThereMs, one.P99ThereMs), [.. all.Mismatches, .. one.Mismatches], [.. all.Noise, .. one.Noise]));

    private static double? Worst(double? one, double? other) => one is null ? other : other is null ? one : Math.Max(one.Value, other.Value);
}
