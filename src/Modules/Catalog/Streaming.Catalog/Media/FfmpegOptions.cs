namespace Streaming.Catalog.Media;

/// <summary>Where the tools are and how they are treated; bound from <c>Catalog:Ffmpeg</c>.</summary>
internal sealed record FfmpegOptions
{
    public string Ffmpeg { get; init; } = "ffmpeg";

    public string Ffprobe { get; init; } = "ffprobe";

    /// <summary>A first look at a file takes well under a second; a second look is given three times this.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An encode that reports nothing for this long is ended.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The x264 preset: <c>veryfast</c> encodes 1080p in three rungs at about real time on two cores.</summary>
    public string Preset { get; init; } = "veryfast";

    /// <summary>Demuxers that hold media themselves; none of them can name another file or host.</summary>
    public static readonly IReadOnlyList<string> Demuxers =
        ["mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "flv", "asf", "ogg", "mxf", "nut"];

    /// <summary>What must stand before every <c>-i</c> whose file somebody else gave us.</summary>
    public static IEnumerable<string> OpenUntrusted(string path) =>
        ["-protocol_whitelist", "file", "-format_whitelist", string.Join(',', Demuxers), "-i", $"file:{Path.GetFullPath(path)}"];
}
