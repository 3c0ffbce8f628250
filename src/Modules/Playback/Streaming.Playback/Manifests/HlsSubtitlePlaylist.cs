using System.Text;

namespace Streaming.Playback.Manifests;

/// <summary>A whole WebVTT file as a playlist of one segment.</summary>
internal static class HlsSubtitlePlaylist
{
    public static string Write(string name, double durationSeconds) => new StringBuilder()
        .Line("#EXTM3U")
        .Line(HlsText.Version)
        .Line($"#EXT-X-TARGETDURATION:{Math.Max(1, (int)Math.Ceiling(durationSeconds))}")
        .Line("#EXT-X-MEDIA-SEQUENCE:0")
        .Line("#EXT-X-PLAYLIST-TYPE:VOD")
        .Line($"#EXTINF:{HlsText.Seconds(durationSeconds)},")
        .Line($"{name}.vtt")
        .Line("#EXT-X-ENDLIST")
        .ToString();
}
