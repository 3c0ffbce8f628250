namespace Streaming.Experiments.Flags;

/// <summary>A flag ready to decide: its seed, and the buckets of its variants in the order of their keys.</summary>
internal sealed class Flag(string key, FlagSettings.Flag settings)
{
    private readonly ulong _seed = UnitHash.Of($"arm:{key}:{settings.SeedVersion}");

    public string Key { get; } = key;

    public bool Enabled { get; } = settings.Enabled;

    public int SeedVersion { get; } = settings.SeedVersion;

    public IReadOnlyList<Variant> Variants { get; } = Split(settings.Variants);

    /// <summary>What the unit gets, by its <see cref="UnitHash"/>.</summary>
    public (Variant Variant, int Bucket) Assign(ulong unit)
    {
        var bucket = UnitHash.Bucket(unit, _seed);
        var last = Variants.Count - 1;
        for (var i = 0; i < last; i++)
            if (bucket < Variants[i].End)
                return (Variants[i], bucket);
        return (Variants[last], bucket);
    }

    private static Variant[] Split(Dictionary<string, int> weights)
    {
        var end = 0;
        return [.. weights.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => new Variant(w.Key, w.Value, end += w.Value * UnitHash.Buckets / 100))];
    }

    /// <param name="Weight">Per cent.</param>
    /// <param name="End">First bucket that is no longer this variant's.</param>
    internal sealed record Variant(string Key, int Weight, int End);
}
