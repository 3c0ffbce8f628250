using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial.Instances;

/// <summary>
/// How quickly a pool usually answers, and how many further attempts it can bear: retries and hedges each by the rule of
/// <see cref="RetryBudget"/>. What takes longer than 95 of 100 is asked elsewhere as well (Dean and Barroso, The Tail at Scale, 2013).
/// </summary>
public sealed class PoolPace(TimeProvider clock)
{
    private const double Usual = 95;
    private const long Unknown = -1;
    private static readonly TimeSpan _looked = TimeSpan.FromMilliseconds(250);

    private readonly RetryBudget _retries = new();
    private readonly RetryBudget _hedges = new();
    private readonly LatencyWindow _latency = new();
    private long _usual = Unknown;
    private long _at = clock.GetTimestamp() - clock.TimestampFrequency;

    /// <summary>Requests under way.</summary>
    public int Active => _retries.Active;

    /// <summary>A request begins; <see cref="Leave"/> has to follow.</summary>
    public void Enter()
    {
        _retries.Enter();
        _hedges.Enter();
    }

    /// <param name="retries">How many retries it has taken.</param>
    /// <param name="hedges">How many hedges.</param>
    /// <param name="took">How long until it was answered, by whomever; null where it was not.</param>
    public void Leave(int retries, int hedges, TimeSpan? took)
    {
        _retries.Leave(hasTaken: retries > 0);
        _hedges.Leave(hasTaken: hedges > 0);
        if (took is { } known) _latency.Add(known);
    }

    /// <summary>Whether a request that has failed may be sent once more. Asked at its first retry; further ones keep the place.</summary>
    public bool MayRetry() => _retries.TryTake();

    /// <summary>Whether a request may be sent once more while it is waited for. Asked at its first hedge; further ones keep the place.</summary>
    public bool MayHedge() => _hedges.TryTake();

    /// <summary>When to ask another instance too: after the time that 95 of 100 take, within bounds.</summary>
    public TimeSpan HedgeAfter(TimeSpan least, TimeSpan most, TimeSpan whileUnknown)
    {
        // A percentile is a sort; looking a few times a second is enough.
        if (clock.GetElapsedTime(Volatile.Read(ref _at)) >= _looked)
        {
            Volatile.Write(ref _at, clock.GetTimestamp());
            Volatile.Write(ref _usual, _latency.Percentile(Usual)?.Ticks ?? Unknown);
        }

        var usual = Volatile.Read(ref _usual);
        return usual == Unknown ? whileUnknown : new TimeSpan(Math.Clamp(usual, least.Ticks, most.Ticks));
    }

    /// <summary>The nearest-rank percentile, 0 to 100, of the last 512 requests; null below 20.</summary>
    public TimeSpan? Percentile(double percent) => _latency.Percentile(percent);
}
