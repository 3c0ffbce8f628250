using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace Streaming.Experiments.Flags;

/// <summary>
/// Where a unit falls: one hash of the unit a request, and from it one independent bucket a decision. XXH3 by Collet; the finaliser
/// is fmix64 of Appleby's MurmurHash3; the range is taken by multiply-high (Lemire 2019).
/// </summary>
internal static class UnitHash
{
    public const int Buckets = 100_000;

    private const int OnStack = 512;

    /// <summary>XXH3-64 of the text as UTF-8.</summary>
    public static ulong Of(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (size <= OnStack) return Of(text, stackalloc byte[OnStack]);

        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            return Of(text, rented);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>0 to 99,999.</summary>
    public static int Bucket(ulong unit, ulong seed) => (int)Math.BigMul(Mix(unit ^ seed), Buckets, out _);

    private static ulong Of(string text, Span<byte> space) => XxHash3.HashToUInt64(space[..Encoding.UTF8.GetBytes(text, space)]);

    private static ulong Mix(ulong h)
    {
        h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
        h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
        return h ^ (h >> 33);
    }
}
