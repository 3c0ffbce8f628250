namespace Streaming.Platform.Caching;

/// <summary>What was made together must not end together: each life is longer or shorter by up to a tenth, as its key and version fall.</summary>
internal static class Jitter
{
    private const double Share = 0.1;

    public static (TimeSpan Soft, TimeSpan Hard) Of(CacheLife life, string key, CacheVersion version)
    {
        // The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): spread evenly, and no state that threads share.
        var mixed = (ulong)version.Time ^ ((ulong)(uint)key.GetHashCode() << 32);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        var factor = 1 - Share + 2 * Share * ((mixed ^ (mixed >> 31)) >> 11) / (1UL << 53);
        return (life.Soft * factor, life.Hard * factor);
    }
}
