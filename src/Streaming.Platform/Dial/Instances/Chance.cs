namespace Streaming.Platform.Dial.Instances;

/// <summary>Randomness for choices that many threads make: SplitMix64 (Steele, Lea and Flood, 2014) on a counter, so it needs no lock.</summary>
/// <param name="seed">The same seed makes the same choices.</param>
public sealed class Chance(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _at = seed;

    /// <summary>Evenly from 0 up to, and without, 1.</summary>
    public double Next()
    {
        var mixed = Interlocked.Add(ref _at, Step);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
