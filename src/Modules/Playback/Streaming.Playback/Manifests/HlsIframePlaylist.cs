using Streaming.Catalog;

namespace Streaming.Playback.Manifests;

/// <summary>The first picture of every segment, for pictures while seeking.</summary>
internal static class HlsIframePlaylist
{
    public static string Write(int timescale, bool complete, IReadOnlyList<MediaSegment> segments)
    {
        var text = HlsMediaPlaylist.Head(timescale, segments)
            .Line("#EXT-X-I-FRAMES-ONLY")
            .Line("#EXT-X-MAP:URI=\"init.mp4\"");
        foreach (var segment in segments)
            text.Line($"#EXTINF:{HlsText.Seconds(segment.Duration, timescale)},")
                .Line($"#EXT-X-BYTERANGE:{segment.KeyframeSizeBytes}@0")
                .Line(HlsMediaPlaylist.FileOf(segment));
        if (complete) text.Line("#EXT-X-ENDLIST");
        return text.ToString();
    }
}
