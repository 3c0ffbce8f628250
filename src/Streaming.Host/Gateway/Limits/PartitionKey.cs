using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Streaming.Kernel;

namespace Streaming.Host.Gateway.Limits;

/// <summary>What a bucket is found by: 128 bits, so that a table of them holds no strings that strangers have chosen.</summary>
internal static class PartitionKey
{
    /// <summary>The attribute of a caller who has come with an API key: which one.</summary>
    public const string KeyAttribute = "key";

    public static UInt128 Of(IPAddress? address)
    {
        if (address is null) return default;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[10] = bytes[11] = 0xff;
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
            if (!address.IsIPv4MappedToIPv6) bytes[8..].Clear();
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Null where the caller is not counted by this.</summary>
    public static UInt128? Of(Caller caller, LimitedBy by) => by switch
    {
        LimitedBy.User when caller.Subject is { } subject => new UInt128(
            BinaryPrimitives.ReadUInt64BigEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in subject))),
            BinaryPrimitives.ReadUInt64BigEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in subject))[8..])),
        LimitedBy.Key when caller.Attributes.TryGetValue(KeyAttribute, out var key) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(key.AsSpan())),
        _ => null,
    };
}
