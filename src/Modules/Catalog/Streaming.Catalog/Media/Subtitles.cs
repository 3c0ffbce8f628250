using System.Text;
using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <param name="Written">The tracks that are WebVTT now, each with its file.</param>
/// <param name="NotRendered">Pictures (PGS, VobSub, DVB), and text that could not be read; they stay in the source file.</param>
internal sealed record SubtitleSet(IReadOnlyList<(SubtitleTrack Track, string Path)> Written, IReadOnlyList<SubtitleTrack> NotRendered);

/// <summary>Turns text subtitles into WebVTT. The styling of ASS is lost, its words are kept.</summary>
internal sealed class Subtitles(FfmpegOptions options)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async Task<Result<SubtitleSet>> ExtractAsync(ProbedSource source, string folder, CancellationToken ct)
    {
        if (source.TextSubtitles.Count == 0) return new SubtitleSet([], source.ImageSubtitles);
        Directory.CreateDirectory(folder);
        string PathOf(SubtitleTrack track) => Path.Combine(folder, $"s{track.Index}.vtt");

        // All in one pass, because each pass reads the whole file; one by one only if a track spoils it for the others.
        var all = await ConvertAsync(source, source.TextSubtitles, PathOf, ct);
        if (!all.TryGet(out var succeeded, out var error)) return error;

        List<(SubtitleTrack, string)> written = [];
        List<SubtitleTrack> skipped = [.. source.ImageSubtitles];
        foreach (var track in source.TextSubtitles)
        {
            var isReady = succeeded || (await ConvertAsync(source, [track], PathOf, ct) is { IsError: false, Value: true });
            if (isReady && await IsSaneAsync(PathOf(track), ct)) written.Add((track, PathOf(track)));
            else
            {
                File.Delete(PathOf(track));
                skipped.Add(track);
            }
        }
        return new SubtitleSet(written, skipped);
    }

    private async Task<Result<bool>> ConvertAsync(
        ProbedSource source, IReadOnlyList<SubtitleTrack> tracks, Func<SubtitleTrack, string> path, CancellationToken ct)
    {
        var outputs = tracks.SelectMany(t => (string[])["-map", $"0:{t.Index}", "-map_metadata", "-1", "-c:s", "webvtt", "-f", "webvtt", path(t)]);
        var run = await FfmpegProcess.RunAsync(
            options.Ffmpeg, ["-nostdin", "-v", "error", "-y", .. FfmpegOptions.OpenUntrusted(source.Path), .. outputs], ct, priority: FfmpegProcess.Background);
        return run.Map(exit => exit.Code == 0);
    }

    private static async Task<bool> IsSaneAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path)) return false;
        try
        {
            var text = StrictUtf8.GetString(await File.ReadAllBytesAsync(path, ct));
            return text.StartsWith("WEBVTT", StringComparison.Ordinal) && text.Contains(" --> ", StringComparison.Ordinal);
        }
        catch (DecoderFallbackException) { return false; }
    }
}
