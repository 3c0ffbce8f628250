namespace Streaming.Catalog.Media;

/// <summary>What a file holds, as far as it says so itself.</summary>
/// <param name="Duration">The container's.</param>
/// <param name="Video">The one video track that is encoded.</param>
internal sealed record ProbedSource(
    string Path,
    string Format,
    long SizeBytes,
    TimeSpan Duration,
    VideoTrack Video,
    IReadOnlyList<AudioTrack> Audio,
    IReadOnlyList<SubtitleTrack> TextSubtitles,
    IReadOnlyList<SubtitleTrack> ImageSubtitles,
    IReadOnlyList<Chapter> Chapters)
{
    /// <summary>Whether the last seconds can be read. Where not, the file was probably cut off, which only decoding it all can tell.</summary>
    public bool ReachesEnd { get; init; } = true;
}

/// <param name="Index">The stream's number in the file.</param>
/// <param name="Width">As shown: after rotation, with square pixels.</param>
/// <param name="Height">As shown.</param>
/// <param name="FrameRate">The constant rate that it is encoded at, at most 60.</param>
internal sealed record VideoTrack(
    int Index, string Codec, int Width, int Height, FrameRate FrameRate, TimeSpan Duration, string PixelFormat, int BitDepth, bool IsInterlaced, bool IsHdr)
{
    public long Frames => (long)Math.Round(Duration.TotalSeconds * FrameRate.Value);
}

/// <param name="Language">BCP 47 or ISO 639 as the file has it; null if it does not say.</param>
internal sealed record AudioTrack(int Index, string Codec, string? Language, string? Title, int Channels, bool IsDefault, TimeSpan Duration);

/// <param name="Language">BCP 47 or ISO 639 as the file has it; null if it does not say.</param>
internal sealed record SubtitleTrack(int Index, string Codec, string? Language, string? Title, bool IsDefault, bool IsForced);

internal sealed record Chapter(TimeSpan Start, TimeSpan End, string? Title);
