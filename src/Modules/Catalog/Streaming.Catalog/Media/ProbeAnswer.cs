using System.Globalization;
using System.Text.Json.Serialization;

namespace Streaming.Catalog.Media;

// What ffprobe prints; only what is used of it.
internal sealed record ProbeAnswer(
    [property: JsonPropertyName("streams")] List<ProbeStream>? Streams,
    [property: JsonPropertyName("chapters")] List<ProbeChapter>? Chapters,
    [property: JsonPropertyName("format")] ProbeFormat? Format);

internal sealed record ProbeFormat(
    [property: JsonPropertyName("format_name")] string? FormatName,
    [property: JsonPropertyName("duration")] string? Duration);

internal sealed record ProbeChapter(
    [property: JsonPropertyName("start_time")] string? Start,
    [property: JsonPropertyName("end_time")] string? End,
    [property: JsonPropertyName("tags")] Dictionary<string, string>? Tags)
{
    public string? Title => Tags?.GetValueOrDefault("title");
}

internal sealed record ProbeSideData([property: JsonPropertyName("rotation")] double? Rotation);

internal sealed record ProbePacket([property: JsonPropertyName("pts_time")] string? Time);

internal sealed record ProbePackets([property: JsonPropertyName("packets")] List<ProbePacket>? Packets);

internal sealed record ProbeStream(
    [property: JsonPropertyName("index")] int Index,
    [property: JsonPropertyName("codec_name")] string? CodecName,
    [property: JsonPropertyName("codec_type")] string? CodecType,
    [property: JsonPropertyName("width")] int Width,
    [property: JsonPropertyName("height")] int Height,
    [property: JsonPropertyName("sample_aspect_ratio")] string? SampleAspect,
    [property: JsonPropertyName("pix_fmt")] string? PixelFormat,
    [property: JsonPropertyName("bits_per_raw_sample")] string? RawBits,
    [property: JsonPropertyName("field_order")] string? FieldOrder,
    [property: JsonPropertyName("color_transfer")] string? Transfer,
    [property: JsonPropertyName("r_frame_rate")] string? BaseRate,
    [property: JsonPropertyName("avg_frame_rate")] string? AverageRate,
    [property: JsonPropertyName("duration")] string? Duration,
    [property: JsonPropertyName("channels")] int Channels,
    [property: JsonPropertyName("disposition")] Dictionary<string, int>? Disposition,
    [property: JsonPropertyName("tags")] Dictionary<string, string>? Tags,
    [property: JsonPropertyName("side_data_list")] List<ProbeSideData>? SideData)
{
    public string? Language => Tags?.GetValueOrDefault("language") is { Length: > 0 } language and not "und" ? language : null;

    public string? Title => Tags?.GetValueOrDefault("title");

    public double Rotation => SideData?.Find(s => s.Rotation is not null)?.Rotation ?? 0;

    /// <summary>MKV muxers write a track's length as a tag.</summary>
    public TimeSpan? TaggedDuration =>
        Tags?.FirstOrDefault(t => t.Key.StartsWith("DURATION", StringComparison.OrdinalIgnoreCase)).Value is { Length: >= 12 } text
        && TimeSpan.TryParse(text[..12], CultureInfo.InvariantCulture, out var value) && value > TimeSpan.Zero ? value : null;

    public bool Has(string disposition) => Disposition?.GetValueOrDefault(disposition) == 1;
}

[JsonSerializable(typeof(ProbeAnswer))]
[JsonSerializable(typeof(ProbePackets))]
internal sealed partial class ProbeJson : JsonSerializerContext;
