namespace Streaming.Platform.Resilience;

/// <summary>
/// Calls with more than one attempt may at once be no more than a fifth of those under way, and three: what is failing or slow must not
/// get three times the load. The rule and its numbers are those of Envoy's retry budget. A call has one attempt under way however often
/// it is repeated, so it takes one place, at its first repetition, and keeps it until it leaves; a hedge takes one while it runs.
/// </summary>
internal sealed class RetryBudget
{
    private const double Share = 0.2;
    private const int Least = 3;

    private int _active;
    private int _taken;

    public int Active => Volatile.Read(ref _active);

    public void Enter() => Interlocked.Increment(ref _active);

    public void Leave(bool hasTaken)
    {
        Interlocked.Decrement(ref _active);
        if (hasTaken) GiveBack();
    }

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Math.Max(Least, (int)(Share * Active))) return true;
        GiveBack();
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
