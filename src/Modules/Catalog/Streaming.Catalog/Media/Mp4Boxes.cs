using System.Buffers.Binary;
using System.Text;
using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>A track as its initialisation segment declares it.</summary>
/// <param name="Codec">For a playlist's CODECS, such as <c>avc1.640028</c> or <c>mp4a.40.2</c> (RFC 6381).</param>
internal sealed record Mp4Track(
    uint Id, uint Timescale, string Codec, int Width, int Height, int SampleRate, int Channels, uint DefaultDuration, uint DefaultSize, uint DefaultFlags)
{
    public bool IsVideo => Width > 0;
}

/// <summary>A media segment, measured. Times are ticks of its track's timescale, positions are bytes of its file.</summary>
/// <param name="KeyframeOffset">Where the moof begins; up to <paramref name="KeyframeEnd"/> an I-frame playlist needs (RFC 8216, 4.3.3.6).</param>
internal sealed record Mp4Fragment(
    int MoofCount, long Start, long Duration, int Samples, bool StartsWithKeyframe, long KeyframeOffset, long KeyframeEnd);

/// <summary>
/// Reads the boxes of ISO/IEC 14496-12 that fragmented MP4 is made of. Whatever the bytes are, it answers or errs: it never throws
/// and never reads a byte twice for nothing.
/// </summary>
internal static class Mp4Boxes
{
    private const int DeepestBox = 8;
    private const uint NotSync = 0x00010000;

    public static Result<IReadOnlyList<Mp4Track>> ReadInit(ReadOnlySpan<byte> file)
    {
        if (!Find(file, "moov", out var moov)) return MediaErrors.Malformed("no moov box");
        var tracks = new List<Mp4Track>();
        for (var boxes = new Walker(moov); boxes.Next();)
        {
            if (!boxes.Is("trak")) continue;
            if (ReadTrack(boxes.Body, moov) is not { } track) return MediaErrors.Malformed("a track is incomplete");
            tracks.Add(track);
        }
        return tracks.Count > 0 ? tracks : MediaErrors.Malformed("no track");
    }

    public static Result<Mp4Fragment> ReadFragment(ReadOnlySpan<byte> file, Mp4Track track)
    {
        var (moofs, moofAt, moofEnd, mdatAt, mdatEnd) = (0, 0, 0, -1, -1);
        var boxes = new Walker(file);
        while (boxes.Next())
        {
            if (boxes.Is("moof")) { if (moofs++ == 0) (moofAt, moofEnd) = (boxes.Start, boxes.End); }
            else if (boxes.Is("mdat") && mdatAt < 0) (mdatAt, mdatEnd) = (boxes.End - boxes.Body.Length, boxes.End);
        }
        if (!boxes.IsWhole) return MediaErrors.Malformed("a box is cut short");
        if (moofs == 0 || mdatAt < moofEnd) return MediaErrors.Malformed("no moof followed by an mdat");

        if (!Path(file[moofAt..moofEnd], out var traf, "moof", "traf") || !Find(traf, "tfhd", out var tfhd) || !Find(traf, "tfdt", out var tfdt))
            return MediaErrors.Malformed("no track fragment");
        var time = new Cursor(tfdt);
        var start = time.U8() == 1 ? time.Skip(3).U64() : time.Skip(3).U32();
        if (time.Failed || start > long.MaxValue / 4) return MediaErrors.Malformed("no decode time");

        var header = ReadHeader(tfhd, track);
        if (header is not { } defaults) return MediaErrors.Malformed("a fragment header is cut short");
        var total = new Samples();
        for (var parts = new Walker(traf); parts.Next();)
            if (parts.Is("trun") && !ReadRun(parts.Body, defaults, total)) return MediaErrors.Malformed("a sample table is cut short");

        if (total.Count == 0 || total.Duration <= 0) return MediaErrors.Malformed("no samples");
        if (moofAt + total.DataOffset != mdatAt || total.Size != mdatEnd - mdatAt) return MediaErrors.Malformed("sizes do not add up");
        return new Mp4Fragment(
            moofs, (long)start, total.Duration, total.Count, (total.FirstFlags & NotSync) == 0, moofAt, mdatAt + total.FirstSize);
    }

    private static Mp4Track? ReadTrack(ReadOnlySpan<byte> trak, ReadOnlySpan<byte> moov)
    {
        if (!Find(trak, "tkhd", out var tkhd) || !Path(trak, out var mdhd, "mdia", "mdhd") || !Path(trak, out var stsd, "mdia", "minf", "stbl", "stsd"))
            return null;
        var head = new Cursor(tkhd);
        var id = head.U8() == 1 ? head.Skip(19).U32() : head.Skip(11).U32();
        var media = new Cursor(mdhd);
        var timescale = media.U8() == 1 ? media.Skip(19).U32() : media.Skip(11).U32();
        if (head.Failed || media.Failed || timescale == 0 || stsd.Length < 8) return null;

        var entries = new Walker(stsd[8..]);
        if (!entries.Next()) return null;
        var (duration, size, flags) = ReadDefaults(moov, id);
        var entry = new Cursor(entries.Body);
        if (entries.Is("avc1") || entries.Is("avc3"))
        {
            var (width, height) = (entry.Skip(24).U16(), entry.U16());
            if (entry.Failed || entries.Body.Length < 78 || !Find(entries.Body[78..], "avcC", out var avc) || avc.Length < 4) return null;
            var codec = $"avc1.{avc[1]:X2}{avc[2]:X2}{avc[3]:X2}";
            return width == 0 || height == 0 ? null : new Mp4Track(id, timescale, codec, width, height, 0, 0, duration, size, flags);
        }
        if (entries.Is("mp4a"))
        {
            var (channels, rate) = (entry.Skip(16).U16(), entry.Skip(6).U16());
            if (entry.Failed || entries.Body.Length < 28 || !Find(entries.Body[28..], "esds", out var esds) || AacCodec(esds) is not { } codec) return null;
            return new Mp4Track(id, timescale, codec, 0, 0, rate, channels, duration, size, flags);
        }
        return null;
    }

    /// <summary>ISO/IEC 14496-1, 7.2.6: an ES descriptor holds a decoder configuration, which holds the audio object type.</summary>
    private static string? AacCodec(ReadOnlySpan<byte> esds)
    {
        var bytes = new Cursor(esds);
        bytes.Skip(4);
        if (bytes.Descriptor() != 3) return null;
        var flags = bytes.Skip(2).U8();
        if ((flags & 0x80) != 0) bytes.Skip(2);
        if ((flags & 0x40) != 0) bytes.Skip(bytes.U8());
        if ((flags & 0x20) != 0) bytes.Skip(2);
        if (bytes.Descriptor() != 4) return null;
        var type = bytes.U8();
        bytes.Skip(12);
        if (bytes.Descriptor() != 5) return null;
        var objectType = bytes.U8() >> 3;
        return bytes.Failed || objectType is 0 or 31 ? null : $"mp4a.{type:x2}.{objectType}";
    }

    private static (uint Duration, uint Size, uint Flags) ReadDefaults(ReadOnlySpan<byte> moov, uint track)
    {
        if (!Find(moov, "mvex", out var mvex)) return default;
        for (var boxes = new Walker(mvex); boxes.Next();)
        {
            if (!boxes.Is("trex")) continue;
            var trex = new Cursor(boxes.Body);
            if (trex.Skip(4).U32() != track) continue;
            var defaults = (trex.Skip(4).U32(), trex.U32(), trex.U32());
            return trex.Failed ? default : defaults;
        }
        return default;
    }

    private static (uint Duration, uint Size, uint Flags)? ReadHeader(ReadOnlySpan<byte> tfhd, Mp4Track track)
    {
        var bytes = new Cursor(tfhd);
        var set = bytes.U32();
        bytes.Skip(4);
        if ((set & 0x01) != 0) bytes.Skip(8);
        if ((set & 0x02) != 0) bytes.Skip(4);
        var duration = (set & 0x08) != 0 ? bytes.U32() : track.DefaultDuration;
        var size = (set & 0x10) != 0 ? bytes.U32() : track.DefaultSize;
        var flags = (set & 0x20) != 0 ? bytes.U32() : track.DefaultFlags;
        return bytes.Failed ? null : (duration, size, flags);
    }

    private static bool ReadRun(ReadOnlySpan<byte> trun, (uint Duration, uint Size, uint Flags) defaults, Samples total)
    {
        var bytes = new Cursor(trun);
        var set = bytes.U32();
        var count = bytes.U32();
        var isFirst = total.Count == 0;
        if ((set & 0x01) != 0) { var offset = (int)bytes.U32(); if (isFirst) total.DataOffset = offset; }
        uint? firstFlags = (set & 0x04) != 0 ? bytes.U32() : null;
        var fields = ((set & 0x100) != 0 ? 1 : 0) + ((set & 0x200) != 0 ? 1 : 0) + ((set & 0x400) != 0 ? 1 : 0) + ((set & 0x800) != 0 ? 1 : 0);
        // A sample without a field of its own costs no bytes, so a made-up count could keep us busy for ever.
        if (bytes.Failed || count > int.MaxValue / 16 || bytes.Left < (long)count * fields * 4) return false;
        if (fields == 0 && count > 1 << 20) return false;

        for (var i = 0; i < count; i++)
        {
            var duration = (set & 0x100) != 0 ? bytes.U32() : defaults.Duration;
            var size = (set & 0x200) != 0 ? bytes.U32() : defaults.Size;
            var flags = (set & 0x400) != 0 ? bytes.U32() : i == 0 && firstFlags is { } first ? first : defaults.Flags;
            if ((set & 0x800) != 0) bytes.Skip(4);
            if (isFirst && i == 0) (total.FirstSize, total.FirstFlags) = (size, flags);
            total.Duration += duration;
            total.Size += size;
        }
        total.Count += (int)count;
        return !bytes.Failed;
    }

    private static bool Path(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body, params ReadOnlySpan<string> types)
    {
        body = bytes;
        if (types.Length > DeepestBox) return false;
        foreach (var type in types)
            if (!Find(body, type, out body)) return false;
        return true;
    }

    private static bool Find(ReadOnlySpan<byte> bytes, string type, out ReadOnlySpan<byte> body)
    {
        for (var boxes = new Walker(bytes); boxes.Next();)
            if (boxes.Is(type)) { body = boxes.Body; return true; }
        body = default;
        return false;
    }

    private sealed class Samples
    {
        public int Count, DataOffset;
        public long Duration, Size, FirstSize;
        public uint FirstFlags;
    }

    /// <summary>Goes from box to box; every step moves on by at least a header, so it ends.</summary>
    private ref struct Walker(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int Start { get; private set; }

        public int End { get; private set; }

        public ReadOnlySpan<byte> Body { get; private set; }

        public readonly bool IsWhole => End == _bytes.Length;

        public readonly bool Is(string type) => Encoding.Latin1.GetString(_bytes.Slice(Start + 4, 4)) == type;

        public bool Next()
        {
            var rest = _bytes[End..];
            if (rest.Length < 8) return false;
            var (size, header) = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(rest), 8);
            if (size == 1)
            {
                if (rest.Length < 16) return false;
                (size, header) = (BinaryPrimitives.ReadUInt64BigEndian(rest[8..]), 16);
            }
            else if (size == 0) size = (ulong)rest.Length;
            if (size < (ulong)header || size > (ulong)rest.Length) return false;
            (Start, End) = (End, End + (int)size);
            Body = rest[header..(int)size];
            return true;
        }
    }

    /// <summary>Reads big-endian numbers; past the end it reads zeros and remembers that it failed.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool Failed { get; private set; }

        public readonly int Left => _rest.Length;

        public byte U8() => Take(1) is [var one] ? one : (byte)0;

        public ushort U16() => Take(2) is { Length: 2 } two ? BinaryPrimitives.ReadUInt16BigEndian(two) : (ushort)0;

        public uint U32() => Take(4) is { Length: 4 } four ? BinaryPrimitives.ReadUInt32BigEndian(four) : 0;

        public ulong U64() => Take(8) is { Length: 8 } eight ? BinaryPrimitives.ReadUInt64BigEndian(eight) : 0;

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ref Cursor Skip(int count)
        {
            Take(count);
            return ref this;
        }

        /// <summary>A descriptor's tag; its length of one to four bytes is passed over.</summary>
        public byte Descriptor()
        {
            var tag = U8();
            for (var i = 0; i < 4 && (U8() & 0x80) != 0; i++) { }
            return tag;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length)
            {
                Failed = true;
                _rest = default;
                return default;
            }
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
