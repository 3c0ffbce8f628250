using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Streaming.Platform.Dial;

/// <summary>
/// Who is in a canary: the subjects whose point of 10,000, a hash of salt and subject, lies below the share. Whoever is in stays in when
/// the share is raised, and nobody has to be remembered. Another salt draws other subjects.
/// </summary>
public sealed class StickyShare
{
    /// <summary>Points that a subject may have, so a share is exact to two decimals of a percent.</summary>
    public const int Points = 10_000;

    private readonly long _seed;
    private readonly int _below;

    /// <param name="salt">Which draw; each module has its own, so that the same few subjects are not in every canary.</param>
    /// <param name="percent">0 to 100, to two decimals; what is beyond them is cut off.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is below 0 or above 100.</exception>
    public StickyShare(string salt, decimal percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        (Percent, _below) = (percent, (int)(percent * Points / 100));
        _seed = (long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(salt));
    }

    /// <summary>The share, 0 to 100.</summary>
    public decimal Percent { get; }

    /// <summary>Nobody is in.</summary>
    public bool IsNothing => _below == 0;

    /// <summary>Whether the subject is in: the same answer on every host and after every restart.</summary>
    public bool Has(UInt128 subject) => _below != 0 && PointOf(subject) < _below;

    /// <summary>As <see cref="Has(UInt128)"/>, for an account.</summary>
    public bool Has(Guid subject)
    {
        Span<byte> bytes = stackalloc byte[16];
        subject.TryWriteBytes(bytes, bigEndian: true, out _);
        return Has(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Where the subject lies, 0 to 9999.</summary>
    public int PointOf(UInt128 subject)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, subject);
        return (int)(XxHash64.HashToUInt64(bytes, _seed) % Points);
    }
}
