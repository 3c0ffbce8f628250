using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Streaming.Experiments.Flags;

/// <summary>The flags of this installation by key: configuration section <c>experiments:flags</c>.</summary>
internal sealed partial class FlagSettings() : Dictionary<string, FlagSettings.Flag>(StringComparer.OrdinalIgnoreCase), IValidatableObject
{
    /// <summary>One flag.</summary>
    internal sealed class Flag
    {
        /// <summary>Whole per cent by variant; together 100.</summary>
        public Dictionary<string, int> Variants { get; init; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>Another one deals everybody out anew.</summary>
        public int SeedVersion { get; init; } = 1;

        /// <summary>A disabled flag assigns nothing.</summary>
        public bool Enabled { get; init; } = true;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        this.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => Faults(f.Key, f.Value));

    private static IEnumerable<ValidationResult> Faults(string key, Flag flag)
    {
        if (!KeyShape.IsMatch(key)) yield return Fault(key, "a flag's key is lower-case words joined by hyphens.");
        if (flag.SeedVersion < 1) yield return Fault($"{key}:seedVersion", $"it is {flag.SeedVersion}; it counts from 1.");
        foreach (var (variant, weight) in flag.Variants)
        {
            if (!KeyShape.IsMatch(variant)) yield return Fault($"{key}:variants:{variant}", "a variant's key is lower-case words joined by hyphens.");
            if (weight is < 1 or > 100) yield return Fault($"{key}:variants:{variant}", $"its weight is {weight}; it is a whole per cent from 1 to 100.");
        }

        var sum = flag.Variants.Values.Sum(weight => (long)weight);
        if (sum != 100) yield return Fault($"{key}:variants", $"the weights sum to {sum}; they must sum to 100.");
    }

    private static ValidationResult Fault(string key, string message) => new(message, [key]);

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex KeyShape { get; }
}
