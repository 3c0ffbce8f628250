using System.Text.RegularExpressions;

namespace Streaming.Playback.Media;

/// <summary>What can be asked for below a revision.</summary>
internal enum MediaFile
{
    Multivariant,
    Dash,
    Playlist,
    IframePlaylist,
    SubtitlePlaylist,
    Stored,
}

/// <summary>A path below a revision. There are only these shapes; whatever else somebody writes there does not exist.</summary>
/// <param name="File">What is asked for.</param>
/// <param name="Name">The rendition or text track, where there is one.</param>
/// <param name="Kind">For metrics: playlist, segment, text or picture.</param>
/// <param name="ContentType">Of the answer.</param>
internal readonly partial record struct MediaPath(MediaFile File, string Name, string Kind, string ContentType)
{
    private const string Hls = "application/vnd.apple.mpegurl";
    private const string WebVtt = "text/vtt; charset=utf-8";

    public static bool IsRevision(string asset, string revision) =>
        asset.Length == 32 && asset.All(char.IsAsciiHexDigitLower) && revision is [not '0', ..] and { Length: <= 9 } && revision.All(char.IsAsciiDigit);

    public static MediaPath? Parse(string path)
    {
        switch (path)
        {
            case "master.m3u8": return new MediaPath(MediaFile.Multivariant, "", "playlist", Hls);
            case "manifest.mpd": return new MediaPath(MediaFile.Dash, "", "playlist", "application/dash+xml");
            case "thumbs/thumbs.vtt": return new MediaPath(MediaFile.Stored, "", "picture", WebVtt);
        }

        if (Shape().Match(path) is not { Success: true } match) return null;
        var (folder, file, extension) = (match.Groups["folder"].Value, match.Groups["file"].Value, match.Groups["extension"].Value);
        var media = folder[0] == 'a' ? "audio/mp4" : "video/mp4"; // renditions are named v… and a…
        return (folder, file, extension) switch
        {
            ("text", _, "vtt") => new MediaPath(MediaFile.Stored, file, "text", WebVtt),
            ("text", _, "m3u8") => new MediaPath(MediaFile.SubtitlePlaylist, file, "playlist", Hls),
            ("thumbs", _, "jpg") => new MediaPath(MediaFile.Stored, file, "picture", "image/jpeg"),
            ("text" or "thumbs", _, _) => null,
            (_, "index", "m3u8") => new MediaPath(MediaFile.Playlist, folder, "playlist", Hls),
            (_, "iframes", "m3u8") => new MediaPath(MediaFile.IframePlaylist, folder, "playlist", Hls),
            (_, "init", "mp4") => new MediaPath(MediaFile.Stored, folder, "segment", media),
            (_, _, "m4s") when file.Length >= 5 && file.All(char.IsAsciiDigit) => new MediaPath(MediaFile.Stored, folder, "segment", media),
            _ => null,
        };
    }

    [GeneratedRegex(@"\A(?<folder>[a-z0-9][a-z0-9-]{0,31})/(?<file>[a-z0-9][a-z0-9-]{0,31})\.(?<extension>m3u8|mp4|m4s|vtt|jpg)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
