using System.Globalization;
using System.Text;

namespace Streaming.Playback.Manifests;

/// <summary>How values are written in playlists (RFC 8216 section 4.2).</summary>
internal static class HlsText
{
    /// <summary>EXT-X-MAP for other than I-frame playlists needs 6; 7 is what fragmented MP4 is served with in practice.</summary>
    public const string Version = "#EXT-X-VERSION:7";

    /// <summary>A quoted string may hold neither quotes nor line ends, and there is no way to escape them.</summary>
    public static string Quoted(string text) => $"\"{string.Concat(text.Where(c => !char.IsControl(c))).Replace('"', '\'')}\"";

    public static string Seconds(long ticks, int timescale) => ((decimal)ticks / timescale).ToString("0.000000", CultureInfo.InvariantCulture);

    public static string Seconds(double seconds) => seconds.ToString("0.000000", CultureInfo.InvariantCulture);

    public static StringBuilder Line(this StringBuilder text, string line) => text.Append(line).Append('\n');
}
