namespace Streaming.Platform.Resilience;

/// <summary>
/// Retries at once may be no more than a fifth of the calls under way, and three: what is failing must not get three times the load.
/// The rule and its numbers are those of Envoy's retry budget.
/// </summary>
internal sealed class RetryBudget
{
    private const double Share = 0.2;
    private const int Least = 3;

    private int _active;
    private int _retrying;

    public int Active => Volatile.Read(ref _active);

    public void Enter() => Interlocked.Increment(ref _active);

    /// <param name="retries">How many this call has taken.</param>
    public void Leave(int retries)
    {
        Interlocked.Decrement(ref _active);
        if (retries > 0) Interlocked.Add(ref _retrying, -retries);
    }

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _retrying) <= Math.Max(Least, (int)(Share * Active))) return true;
        Interlocked.Decrement(ref _retrying);
        return false;
    }
}
