using System.Globalization;
using System.Text;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Readiness.Rehearsals;

namespace Streaming.Host.Rehearsing;

/// <summary>What the whole comes to.</summary>
internal enum Verdict
{
    /// <summary>The module can run in a process of its own.</summary>
    Ready,

    /// <summary>Something was done to the instance on purpose, and nobody felt it.</summary>
    Withstood,

    /// <summary>Too little was asked to say so.</summary>
    NotEnoughTraffic,

    /// <summary>It fared worse there, or answered differently.</summary>
    NotReady,
}

/// <summary>One step.</summary>
/// <param name="Name">Such as <c>25 %</c> or <c>shadow</c>.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Guard">What was counted here and there; null where only copies were sent.</param>
/// <param name="Shadow">What was compared; null in other steps.</param>
/// <param name="Outcome">In words, where it was not simply well.</param>
/// <param name="Cost">Processor time of both processes, and the requests that the host was asked; null where it was not measured.</param>
internal sealed record RehearsalStep(string Name, double Seconds, GuardReport? Guard, ShadowReport? Shadow, string? Outcome, StepCost? Cost = null);

/// <summary>What the rehearsal asked itself.</summary>
/// <param name="Requests">How many.</param>
/// <param name="Failed">Answered with a fault of ours, or not at all.</param>
/// <param name="P50Ms">Their median, at the edge.</param>
/// <param name="P99Ms">And what 99 of 100 took at most.</param>
internal sealed record LoadReport(long Requests, long Failed, double P50Ms, double P99Ms);

/// <summary>A rehearsal from beginning to end.</summary>
internal sealed record RehearsalReport(
    string Module, string Injection, DateTimeOffset At, string Version, IReadOnlyList<RehearsalStep> Steps, LoadReport? Load, double? HomeAfterSeconds, string Verdict, string Reason)
{
    /// <summary>The version that the instance had; null for the host's own.</summary>
    public string? MovedTo { get; init; }

    /// <summary>For people.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Rehearsal of {Module}, {At:yyyy-MM-dd HH:mm}Z");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"**{Words(Verdict)}** {Reason}").AppendLine();
        if (MovedTo is not null) text.AppendLine(CultureInfo.InvariantCulture, $"From version {Version} to {MovedTo}.").AppendLine();
        if (Injection != "none") text.AppendLine(CultureInfo.InvariantCulture, $"Done on purpose at {RehearsalPlan.InjectedAt} %: {Injection}.{(HomeAfterSeconds is { } home ? $" The module was back after {home:0.0} s." : "")}").AppendLine();
        if (Load is { } load)
            text.AppendLine(CultureInfo.InvariantCulture, $"Asked by the rehearsal itself: {load.Requests} requests, {load.Failed} failed, p50 {load.P50Ms:0.0} ms, p99 {load.P99Ms:0.0} ms.").AppendLine();
        text.AppendLine("| step | s | calls there | failed | slow | p50 here / there, ms | p99 here / there, ms | evidence | |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (var step in Steps)
            text.AppendLine(step switch
            {
                { Shadow: { } s } => string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {step.Name} | {step.Seconds:0} | {s.Compared} compared | {s.Failed} | | {Pair(s.P50HereMs, s.P50ThereMs)} | {Pair(s.P99HereMs, s.P99ThereMs)} | {s.Mismatched} differ, {s.Raced} raced, {s.Noisy} noisy, {s.Dropped} dropped | {step.Outcome} |"),
                { Guard: { } g } => string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {step.Name} | {step.Seconds:0} | {g.CallsThere} | {g.FailedThere} | {g.SlowThere} | {Pair(g.P50HereMs, g.P50ThereMs)} | {Pair(g.P99HereMs, g.P99ThereMs)} | {Math.Max(g.FailedE, g.SlowE):0.##} | {step.Outcome} |"),
                _ => string.Create(CultureInfo.InvariantCulture, $"| {step.Name} | {step.Seconds:0} | | | | | | | {step.Outcome} |"),
            });
        foreach (var mismatch in Steps.SelectMany(s => s.Shadow?.Mismatches ?? []))
            foreach (var difference in mismatch.Differences)
                text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"- `{mismatch.Contract}` `{difference.Path}`: here `{difference.Here ?? "nothing"}`, there `{difference.There ?? "nothing"}`");
        return text.ToString();
    }

    public static string Words(string verdict) => verdict switch { "ready" => "Ready.", "withstood" => "Withstood.", "not-ready" => "Not ready.", _ => "Not enough traffic." };

    private static string Pair(double? here, double? there) => string.Create(CultureInfo.InvariantCulture, $"{here:0.##} / {there:0.##}");
}
