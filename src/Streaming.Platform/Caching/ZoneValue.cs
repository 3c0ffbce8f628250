using System.Buffers.Binary;
using System.Text;

namespace Streaming.Platform.Caching;

/// <summary>
/// What a zone keeps under a key, so that one GET answers everything: version, kind, when it is due and when it ends, tags, JSON. A removal
/// is kept as well, or a write that comes late would undo it.
/// </summary>
internal sealed class ZoneValue
{
    private const byte Value = (byte)'v';
    private const byte Removal = (byte)'r';
    private const int Fixed = CacheVersion.Length + 1 + 8 + 8 + 1;

    public required byte[] Bytes { get; init; }

    public required CacheVersion Version { get; init; }

    public required bool IsRemoval { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long SoftAt { get; init; }

    public required long HardAt { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required ReadOnlyMemory<byte> Json { get; init; }

    public static ZoneValue Removed(CacheVersion version, long now) =>
        Seal(version, Removal, now, now + (long)Tombstone.Life.TotalMilliseconds, [], []);

    public static ZoneValue Of(CacheVersion version, long softAt, long hardAt, IReadOnlyList<string> tags, byte[] json) =>
        Seal(version, Value, softAt, hardAt, tags, json);

    /// <summary>Null where the bytes are not ours, or of another release's form.</summary>
    public static ZoneValue? Open(byte[]? bytes)
    {
        if (bytes is null || bytes.Length < Fixed || !CacheVersion.TryParse(bytes, out var version)) return null;
        var rest = bytes.AsSpan(CacheVersion.Length);
        var kind = rest[0];
        if (kind is not (Value or Removal)) return null;
        var tags = new string[rest[17]];
        var at = Fixed;
        for (var i = 0; i < tags.Length; i++)
        {
            if (at + 2 > bytes.Length) return null;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
            at += 2;
            if (at + length > bytes.Length) return null;
            tags[i] = Encoding.UTF8.GetString(bytes, at, length);
            at += length;
        }

        return new ZoneValue
        {
            Bytes = bytes,
            Version = version,
            IsRemoval = kind == Removal,
            SoftAt = BinaryPrimitives.ReadInt64LittleEndian(rest[1..]),
            HardAt = BinaryPrimitives.ReadInt64LittleEndian(rest[9..]),
            Tags = tags,
            Json = bytes.AsMemory(at),
        };
    }

    private static ZoneValue Seal(CacheVersion version, byte kind, long softAt, long hardAt, IReadOnlyList<string> tags, byte[] json)
    {
        var bytes = new byte[Fixed + tags.Sum(t => 2 + Encoding.UTF8.GetByteCount(t)) + json.Length];
        version.TryFormat(bytes);
        var rest = bytes.AsSpan(CacheVersion.Length);
        rest[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(rest[1..], softAt);
        BinaryPrimitives.WriteInt64LittleEndian(rest[9..], hardAt);
        rest[17] = (byte)tags.Count;
        var at = Fixed;
        foreach (var tag in tags)
        {
            var length = Encoding.UTF8.GetBytes(tag, bytes.AsSpan(at + 2));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), checked((ushort)length));
            at += 2 + length;
        }

        json.CopyTo(bytes, at);
        return new ZoneValue
        {
            Bytes = bytes,
            Version = version,
            IsRemoval = kind == Removal,
            SoftAt = softAt,
            HardAt = hardAt,
            Tags = tags,
            Json = bytes.AsMemory(at),
        };
    }
}

/// <summary>A write on its way to a zone.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Key">The key, or for <see cref="WriteKind.Tag"/> the tag.</param>
/// <param name="Value">What is written; absent for a tag.</param>
/// <param name="Version">Nothing as new or newer is overwritten.</param>
internal sealed record ZoneWrite(WriteKind Kind, string Key, ZoneValue? Value, CacheVersion Version)
{
    /// <summary>Writes of the same slot replace one another while they wait.</summary>
    public string Slot => Kind == WriteKind.Tag ? "\u0001" + Key : Key;

    public int Size => 100 + 2 * Key.Length + (Value?.Bytes.Length ?? 0);
}

internal enum WriteKind
{
    /// <summary>A value that the source was asked for.</summary>
    Fill,

    /// <summary>A value that replaces others, of which the other processes are told.</summary>
    Set,

    /// <summary>The mark of a removal, of which they are told as well.</summary>
    Removal,

    /// <summary>A copy of what another zone has. Losing it loses nothing.</summary>
    Repair,

    /// <summary>A tag's epoch.</summary>
    Tag,
}

internal enum WriteOutcome
{
    Written,
    Present,
    Newer,
}
