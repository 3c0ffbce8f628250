namespace Streaming.Catalog.Ingests;

internal static class ByteText
{
    /// <summary>A size for a person.</summary>
    public static string Of(double bytes) => bytes switch
    {
        >= 1L << 30 => FormattableString.Invariant($"{bytes / (1L << 30):0.#} GiB"),
        >= 1 << 20 => FormattableString.Invariant($"{bytes / (1 << 20):0.#} MiB"),
        _ => FormattableString.Invariant($"{bytes:0} bytes"),
    };
}
