using System.ComponentModel.DataAnnotations;

namespace Streaming.Platform.Resilience;

/// <summary>
/// How calls to a dependency are bounded: the members of <c>resilience:policies:{name}</c>. The defaults are those that Netflix ran
/// Hystrix with: 1 s, and a circuit that opens at half of 20 calls in 10 s for 5 s.
/// </summary>
public sealed record ResiliencePolicy
{
    /// <summary>One attempt's time, in milliseconds; 0 for what the call brings with it.</summary>
    [Range(0, 60_000)]
    public int TimeoutMs { get; init; } = 1000;

    /// <summary>All attempts' time together, in milliseconds; absent for one attempt's.</summary>
    [Range(1, 120_000)]
    public int? TotalTimeoutMs { get; init; }

    /// <summary>Attempts after the first. Only what may be repeated is: questions, and orders that carry an id.</summary>
    [Range(0, 10)]
    public int Retries { get; init; }

    /// <summary>The median first wait before another attempt, in milliseconds; further ones grow, with decorrelated jitter.</summary>
    [Range(1, 10_000)]
    public int RetryDelayMs { get; init; } = 50;

    /// <summary>
    /// The percentile of the dependency's own latency after which a second attempt at a question runs beside the first, 50 to 99.9; 0 for
    /// never. Orders are never hedged.
    /// </summary>
    public double Hedge { get; init; }

    /// <summary>Fewer calls than this within the window never open the circuit by their ratio.</summary>
    [Range(2, 100_000)]
    public int BreakerCalls { get; init; } = 20;

    /// <summary>The share of failed calls that opens the circuit, above 0 to 1.</summary>
    [Range(0.01, 1)]
    public double BreakerRatio { get; init; } = 0.5;

    /// <summary>The sliding window of the ratio, in milliseconds.</summary>
    [Range(500, 600_000)]
    public int BreakerWindowMs { get; init; } = 10_000;

    /// <summary>How long an open circuit refuses before one call may try, in milliseconds.</summary>
    [Range(500, 600_000)]
    public int BreakerSleepMs { get; init; } = 5000;

    /// <summary>Failures in a row that open the circuit of a dependency too quiet for the ratio; 0 for never.</summary>
    [Range(0, 1000)]
    public int BreakerInARow { get; init; } = 5;

    /// <summary>Calls a second below which <see cref="BreakerInARow"/> counts; 0 for at any rate.</summary>
    [Range(0, 1_000_000)]
    public double BreakerQuietBelow { get; init; } = 2;

    /// <summary>Whether a call that goes on after its time is left behind; if not, its caller waits until it heeds its cancellation.</summary>
    public bool LeavesBehind { get; init; } = true;

    /// <summary>Counts what the circuit would have refused, and refuses nothing.</summary>
    public bool Monitor { get; init; }

    internal TimeSpan Timeout => TimeSpan.FromMilliseconds(TimeoutMs);

    internal TimeSpan Sleep => TimeSpan.FromMilliseconds(BreakerSleepMs);
}
