namespace Streaming.Platform.Readiness;

/// <summary>
/// A route, and which of its requests are recorded: all while there are few, and one in so many that about <see cref="Wanted"/> a second are
/// where there are more. Which ones is decided by counting, spread by the golden ratio (Knuth, TAOCP 3, 6.4) so that it never falls into
/// step with callers who ask in turns.
/// </summary>
/// <param name="Name">Method and template.</param>
/// <param name="Module">The module that has mapped it, or <see cref="Outside"/>.</param>
/// <param name="IsMovable">Whether its requests go to an instance with the module's calls.</param>
internal sealed record TracedRoute(string Name, string Module, bool IsMovable)
{
    /// <summary>What is no module's: the host's own routes and the pages.</summary>
    public const string Outside = "outside";

    /// <summary>Recorded a second, about.</summary>
    public const int Wanted = 20;

    private const uint Golden = 2_654_435_769;
    private const int Most = 2 * Wanted;

    private uint _all;
    private uint _before;
    private uint _below = uint.MaxValue;
    private int _taken;

    /// <summary>How many requests there have been since the start.</summary>
    public long All => Volatile.Read(ref _all);

    /// <summary>Counts a request; whether it is one to record.</summary>
    public bool Take() => Interlocked.Increment(ref _all) * Golden <= Volatile.Read(ref _below) && Volatile.Read(ref _taken) < Most && Interlocked.Increment(ref _taken) <= Most;

    /// <summary>Once a second.</summary>
    public void Beat()
    {
        var all = Volatile.Read(ref _all);
        var rate = all - _before;
        _before = all;
        Volatile.Write(ref _below, rate <= Wanted ? uint.MaxValue : (uint)((ulong)uint.MaxValue * Wanted / rate));
        Volatile.Write(ref _taken, 0);
    }
}
