using Streaming.Experiments.Flags;

namespace Streaming.Experiments.Ofrep;

/// <summary>
/// A flag's evaluation on the wire of the OpenFeature Remote Evaluation Protocol. Value and variant are absent for a disabled flag:
/// the client then uses the default in its own code.
/// </summary>
internal sealed record Evaluation(string Key, string Reason, string? Variant, string? Value)
{
    public static Evaluation Of(Flag flag, ulong unit)
    {
        if (!flag.Enabled) return new(flag.Key, "DISABLED", null, null);
        var variant = flag.Assign(unit).Variant.Key;
        return new(flag.Key, "SPLIT", variant, variant);
    }
}

/// <summary>A failure as the protocol has it; it knows no problem details.</summary>
internal sealed record EvaluationFailure(string? Key, string ErrorCode, string ErrorDetails);
