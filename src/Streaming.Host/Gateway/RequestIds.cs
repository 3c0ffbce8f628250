using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Streaming.Host.Gateway;

/// <summary>
/// Names for requests: UUIDv7 (RFC 9562), unique but not secret. The random part goes on from where this process began, by steps that
/// visit every value once: asking the system for random bytes at every request costs a system call.
/// </summary>
internal sealed class RequestIds(TimeProvider clock)
{
    // The golden ratio's Weyl sequence: odd, so it comes back to its beginning only after all 2^64 steps, and does not tell the traffic at sight.
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;
    private const ulong Variant = 0x8000_0000_0000_0000;

    private readonly ushort _process = (ushort)(0x7000 | RandomNumberGenerator.GetInt32(0x1000));
    private ulong _last = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public string Next()
    {
        var time = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var tail = Variant | (Interlocked.Add(ref _last, Step) >> 2);
        return new Guid(
            (uint)(time >> 16), (ushort)time, _process,
            (byte)(tail >> 56), (byte)(tail >> 48), (byte)(tail >> 40), (byte)(tail >> 32), (byte)(tail >> 24), (byte)(tail >> 16), (byte)(tail >> 8), (byte)tail).ToString();
    }
}
