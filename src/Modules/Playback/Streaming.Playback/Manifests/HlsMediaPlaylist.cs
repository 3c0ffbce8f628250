using System.Text;
using Streaming.Catalog;

namespace Streaming.Playback.Manifests;

/// <summary>The playlist of one rendition: only ever appended to, and closed when the rendition is finished.</summary>
internal static class HlsMediaPlaylist
{
    /// <summary>Segments last 4 s and the last one takes a tail of up to half a second in; the tag may never change, so it allows for that from the start.</summary>
    private const int UsualTargetDuration = 5;

    public static string Write(int timescale, bool complete, IReadOnlyList<MediaSegment> segments)
    {
        var text = Head(timescale, segments)
            .Line("#EXT-X-INDEPENDENT-SEGMENTS")
            .Line("#EXT-X-START:TIME-OFFSET=0,PRECISE=YES") // else players join a growing playlist at its end
            .Line("#EXT-X-MAP:URI=\"init.mp4\"");
        foreach (var segment in segments)
            text.Line($"#EXTINF:{HlsText.Seconds(segment.Duration, timescale)},").Line(FileOf(segment));
        if (complete) text.Line("#EXT-X-ENDLIST");
        return text.ToString();
    }

    public static int TargetDuration(int timescale, IReadOnlyList<MediaSegment> segments) =>
        Math.Max(UsualTargetDuration, segments.Count == 0 ? 0 : (int)Math.Round((decimal)segments.Max(s => s.Duration) / timescale, MidpointRounding.AwayFromZero));

    internal static StringBuilder Head(int timescale, IReadOnlyList<MediaSegment> segments) => new StringBuilder()
        .Line("#EXTM3U")
        .Line(HlsText.Version)
        .Line($"#EXT-X-TARGETDURATION:{TargetDuration(timescale, segments)}")
        .Line($"#EXT-X-MEDIA-SEQUENCE:{(segments.Count == 0 ? 0 : segments[0].Number)}")
        .Line("#EXT-X-PLAYLIST-TYPE:EVENT");

    internal static string FileOf(MediaSegment segment) => $"{segment.Number:00000}.m4s";
}
