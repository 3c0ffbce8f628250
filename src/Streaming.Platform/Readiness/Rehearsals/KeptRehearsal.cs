using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;

namespace Streaming.Platform.Readiness.Rehearsals;

/// <summary>A rehearsal as it was kept.</summary>
/// <param name="Module">What was moved.</param>
/// <param name="Injection">What was done on purpose; <c>none</c> for nothing.</param>
/// <param name="At">When it was over.</param>
/// <param name="Version">Of the build.</param>
/// <param name="Steps">In their order.</param>
/// <param name="Load">What it has asked itself; null where nothing.</param>
/// <param name="HomeAfterSeconds">How long after that began the module was back; null where it did not have to come back.</param>
/// <param name="Verdict"><c>ready</c>, <c>withstood</c>, <c>not-ready</c> or <c>not-enough-traffic</c>.</param>
/// <param name="Reason">In words.</param>
public sealed record KeptRehearsal(
    string Module, string Injection, DateTimeOffset At, string Version, IReadOnlyList<KeptStep> Steps, KeptLoad? Load, double? HomeAfterSeconds, string Verdict, string Reason);

/// <summary>One step of it.</summary>
/// <param name="Name">Such as <c>25 %</c> or <c>shadow</c>.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Guard">What was counted; null where only copies were sent.</param>
/// <param name="Shadow">What was compared; null in other steps.</param>
/// <param name="Outcome">In words, where it was not simply well.</param>
/// <param name="Cost">What it cost both processes; null where that was not measured.</param>
public sealed record KeptStep(string Name, double Seconds, GuardReport? Guard, ShadowReport? Shadow, string? Outcome, StepCost? Cost);

/// <summary>What a rehearsal has asked itself.</summary>
/// <param name="Requests">How many.</param>
/// <param name="Failed">Of them, with a fault of ours or without an answer.</param>
/// <param name="P50Ms">Their median, at the edge.</param>
/// <param name="P99Ms">And what 99 of 100 took at most.</param>
public sealed record KeptLoad(long Requests, long Failed, double P50Ms, double P99Ms);

/// <summary>Processor time of both processes within a step, and the requests that they answered with it.</summary>
/// <param name="Requests">That the host was asked.</param>
/// <param name="HostCpuSeconds">Of the host, whatever it did.</param>
/// <param name="InstanceCpuSeconds">Of the instance.</param>
public sealed record StepCost(long Requests, double HostCpuSeconds, double InstanceCpuSeconds);

/// <summary>A rehearsal in a list.</summary>
/// <param name="Name">By which it is asked for.</param>
/// <param name="Module">What was moved; null where the file cannot be read.</param>
/// <param name="At">When it was over; null likewise.</param>
/// <param name="Injection">What was done on purpose.</param>
/// <param name="Verdict">As in the rehearsal; <c>unreadable</c> where the file cannot be read.</param>
/// <param name="Reason">In words.</param>
public sealed record RehearsalEntry(string Name, string? Module, DateTimeOffset? At, string? Injection, string Verdict, string Reason);
