using Polly.CircuitBreaker;

namespace Streaming.Platform.Resilience;

/// <summary>How a dependency fares. Counts are since the start of this process.</summary>
/// <param name="Policy">The name of its policy.</param>
/// <param name="Destination">What is called.</param>
/// <param name="State">closed, open, half-open or isolated; where the policy only watches, what it would be.</param>
/// <param name="Active">Calls under way.</param>
/// <param name="Succeeded">Calls that were answered, also with a refusal that was the caller's own fault.</param>
/// <param name="Failed">Calls that failed.</param>
/// <param name="TimedOut">Calls that were not answered in time.</param>
/// <param name="Refused">Calls that were not made, because the circuit was open.</param>
/// <param name="Retried">Attempts after the first.</param>
/// <param name="Hedged">Second attempts that were made beside a slow first one.</param>
/// <param name="HedgesWon">Those of them that had the first good answer.</param>
/// <param name="FellBack">Calls that a fallback answered.</param>
/// <param name="P50Ms">Median of the last 512 calls, in milliseconds; absent below 20.</param>
/// <param name="P95Ms">95 of 100 of them took less.</param>
/// <param name="P99Ms">99 of 100 of them took less.</param>
/// <param name="Settings">The policy in force.</param>
public sealed record DependencyReport(
    string Policy, string Destination, string State, int Active, long Succeeded, long Failed, long TimedOut, long Refused, long Retried, long Hedged, long HedgesWon,
    long FellBack, double? P50Ms, double? P95Ms, double? P99Ms, ResiliencePolicy Settings)
{
    internal static DependencyReport Of(Dependency d) => new(
        d.Policy, d.Destination, Text(d.State), d.Active, d.Counts.Succeeded, d.Counts.Failed, d.Counts.TimedOut, d.Counts.WereRefused, d.Counts.Retried,
        d.Counts.Hedged, d.Counts.HedgesWon, d.Counts.FellBack, Milliseconds(d, 50), Milliseconds(d, 95), Milliseconds(d, 99), d.Settings);

    private static double? Milliseconds(Dependency d, double percent) => d.Percentile(percent) is { } took ? Math.Round(took.TotalMilliseconds, 3) : null;

    private static string Text(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "half-open",
        _ => "isolated",
    };
}
