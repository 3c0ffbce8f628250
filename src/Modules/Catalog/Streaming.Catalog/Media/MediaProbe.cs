using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>Looks into a file that somebody sent, without trusting it, and says what it is or why it is refused.</summary>
internal sealed class MediaProbe(FfmpegOptions options)
{
    private const int LargestSide = 8192;
    private const int SmallestSide = 16;
    private const int Patience = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    public async Task<Result<ProbedSource>> ProbeAsync(string path, CancellationToken ct)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return MediaErrors.Rejected("file-missing", "The file is not there any more. Send it again.");
        if (file.Length == 0) return MediaErrors.Rejected("empty-file", "The file is empty. Send it again.");
        var head = await HeadAsync(path, ct);
        if (IsPlaylist(head))
            return MediaErrors.Rejected("playlist-refused", "This is a playlist, which only points at other files. Send the film itself.");

        // A second look with more patience: what is slow at first is a busy machine more often than a bad file.
        return await AskAsync(path, file.Length, head, options.ProbeTimeout, ct)
            ?? await AskAsync(path, file.Length, head, options.ProbeTimeout * Patience, ct)
            ?? MediaErrors.Unread(options.ProbeTimeout * Patience);
    }

    /// <summary>Null where the time was not enough, which says nothing about the file.</summary>
    private async Task<Result<ProbedSource>?> AskAsync(string path, long size, byte[] head, TimeSpan limit, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(limit);
        try
        {
            return await AskAsync(path, size, head, deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<Result<ProbedSource>> AskAsync(string path, long size, byte[] head, CancellationToken ct)
    {
        string[] what = ["-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json"];
        var run = await FfmpegProcess.RunAsync(options.Ffprobe, [.. what, .. FfmpegOptions.OpenUntrusted(path)], ct);
        if (!run.TryGet(out var exit, out var error)) return error;
        // Ended by a signal, such as for want of memory: that says nothing about the file.
        if (exit.Code > 128) return MediaErrors.Failed(options.Ffprobe, exit.Code, exit.ErrorTail);
        if (exit.Code != 0) return NotMedia(head, exit.ErrorTail);

        ProbeAnswer? answer;
        try { answer = JsonSerializer.Deserialize(exit.Output, ProbeJson.Default.ProbeAnswer); }
        catch (JsonException) { return NotMedia(head, exit.ErrorTail); }
        if (answer?.Format is not { } format || answer.Streams is not { Count: > 0 } streams) return NotMedia(head, exit.ErrorTail);

        var pictures = streams.Where(s => s.CodecType == "video" && s.Has("attached_pic") is false && s.Width > 0 && s.Height > 0).ToList();
        if (pictures.Count == 0) return MediaErrors.Rejected("no-video", "There is no video track in this file. Send a film, not only its sound or pictures.");
        var video = pictures.Find(s => s.Has("default")) ?? pictures[0];

        var duration = Time(format.Duration) ?? Time(video.Duration) ?? video.TaggedDuration ?? TimeSpan.Zero;
        var (width, height) = Shown(video);
        if (width > LargestSide || height > LargestSide || width < SmallestSide || height < SmallestSide)
            return MediaErrors.Rejected("unusual-size", $"The picture is {width} by {height} pixels; from {SmallestSide} to {LargestSide} on a side can be encoded.");
        if (duration > Longest) return MediaErrors.Rejected("too-long", $"The file claims to last {duration.TotalHours:0} hours; up to {Longest.TotalHours:0} can be encoded.");

        var timing = await new FrameTiming(options).ReadAsync(path, video, duration, ct);
        if (timing.Duration < Shortest) return MediaErrors.Rejected("too-short", "The film lasts less than a tenth of a second, or does not say how long it is. Convert it and send it again.");

        return new ProbedSource(
            path, format.FormatName ?? "unknown", size, duration > timing.Duration ? duration : timing.Duration,
            new VideoTrack(
                video.Index, video.CodecName ?? "unknown", width, height, timing.Rate, timing.Duration, video.PixelFormat ?? "yuv420p",
                Depth(video), video.FieldOrder is "tt" or "bb" or "tb" or "bt", video.Transfer is "smpte2084" or "arib-std-b67"),
            [.. streams.Where(s => s is { CodecType: "audio", Channels: > 0, CodecName: not (null or "unknown") }).Select(s =>
                new AudioTrack(s.Index, s.CodecName!, s.Language, s.Title, s.Channels, s.Has("default"), Time(s.Duration) ?? s.TaggedDuration ?? timing.Duration))],
            [.. Subtitles(streams, "subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text")],
            [.. Subtitles(streams, "hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub")],
            [.. (answer.Chapters ?? []).Select(c => new Chapter(Time(c.Start) ?? default, Time(c.End) ?? default, c.Title))])
        {
            ReachesEnd = timing.ReachesEnd,
        };
    }

    private static async Task<byte[]> HeadAsync(string path, CancellationToken ct)
    {
        var head = new byte[1024];
        await using var file = File.OpenRead(path);
        return head[..await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct)];
    }

    /// <summary>Decided before any tool opens the file: playlists may also be valid to demuxers that guess.</summary>
    private static bool IsPlaylist(byte[] head)
    {
        var text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return text.StartsWith("#EXT", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("ffconcat", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("[playlist]", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<smil", StringComparison.OrdinalIgnoreCase)
            || (text.StartsWith('<') && text.Contains("<MPD", StringComparison.Ordinal));
    }

    private static Error NotMedia(byte[] head, string tail) =>
        head.AsSpan().Slice(Math.Min(4, head.Length)).StartsWith("ftyp"u8) && tail.Contains("moov atom not found", StringComparison.Ordinal)
            ? MediaErrors.Rejected("incomplete-file", "The file breaks off before its index (moov); probably the upload was cut short. Send it again.")
            : MediaErrors.Rejected("not-media", "This is not a video file that can be read. MP4, MOV, MKV, WebM, AVI, MPEG-TS and a few more can.");

    private static (int Width, int Height) Shown(ProbeStream video)
    {
        var width = video.Width;
        if (video.SampleAspect?.Split(':') is [var n, var d] && int.TryParse(n, CultureInfo.InvariantCulture, out var num)
            && int.TryParse(d, CultureInfo.InvariantCulture, out var den) && num > 0 && den > 0)
            width = (int)Math.Min(int.MaxValue, Math.Round((double)width * num / den));
        return Math.Abs(video.Rotation) % 180 == 90 ? (video.Height, width) : (width, video.Height);
    }

    private static int Depth(ProbeStream video)
    {
        if (int.TryParse(video.RawBits, CultureInfo.InvariantCulture, out var bits) && bits > 0) return bits;
        var format = video.PixelFormat ?? "";
        return format.Contains("10", StringComparison.Ordinal) ? 10 : format.Contains("12", StringComparison.Ordinal) ? 12 : 8;
    }

    private static IEnumerable<SubtitleTrack> Subtitles(IEnumerable<ProbeStream> streams, params string[] codecs) =>
        streams.Where(s => s.CodecType == "subtitle" && codecs.Contains(s.CodecName))
            .Select(s => new SubtitleTrack(s.Index, s.CodecName!, s.Language, s.Title, s.Has("default"), s.Has("forced")));

    internal static TimeSpan? Time(string? seconds) =>
        double.TryParse(seconds, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 1e9 ? TimeSpan.FromSeconds(value) : null;
}
