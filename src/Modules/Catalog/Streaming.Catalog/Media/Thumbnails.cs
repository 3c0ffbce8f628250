using System.Globalization;
using System.Text;
using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>Small pictures of a film on sheets, with a WebVTT file that says which part of which sheet belongs to which time.</summary>
internal sealed record SpriteSheets(string VttPath, IReadOnlyList<string> Sheets, int TileWidth, int TileHeight, int Tiles);

/// <summary>Makes the poster and the pictures of the seek bar.</summary>
internal sealed class Thumbnails(FfmpegOptions options)
{
    private const int Columns = 10;
    private const int Rows = 10;
    private const int TileSide = 160;
    private const int PosterSide = 1280;
    private const double Dark = 28;

    // Past the opening titles first; later only if that is (nearly) black.
    private static readonly double[] Places = [0.12, 0.35, 0.6, 0.85, 0];

    /// <summary>
    /// Writes a JPEG of a representative frame that is not black, unless the whole film is. It is made beside the encode up to the
    /// first picture, which it must not hold up: on one thread, and only with what the encoder leaves of the processors.
    /// </summary>
    public async Task<Result<string>> PosterAsync(ProbedSource source, string path, CancellationToken ct)
    {
        var (video, brightest) = (source.Video, -1d);
        var scale = Math.Min(1, (double)PosterSide / Math.Max(video.Width, video.Height));
        var candidate = path + ".candidate.jpg";
        Error? failure = null;
        foreach (var place in Places)
        {
            var seconds = Math.Clamp(video.Duration.TotalSeconds / 10, 0.2, 4);
            var filter = FormattableString.Invariant(
                $"{(video.IsInterlaced ? "yadif," : "")}fps=6,thumbnail=24,scale={Even(video.Width * scale)}:{Even(video.Height * scale)},setsar=1,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-");
            string[] seek = ["-nostdin", "-v", "error", "-y", "-threads", "1", "-filter_threads", "1", "-ss", Number(video.Duration.TotalSeconds * place), "-t", Number(seconds)];
            string[] make = ["-map", $"0:{video.Index}", "-vf", filter, "-frames:v", "1", "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1", candidate];
            var run = await FfmpegProcess.RunAsync(
                options.Ffmpeg, [.. seek, .. FfmpegOptions.OpenUntrusted(source.Path), .. make], ct, priority: FfmpegProcess.Idle);
            if (!run.TryGet(out var exit, out var error)) return error;
            if (exit.Code != 0 || !File.Exists(candidate) || new FileInfo(candidate).Length == 0)
            {
                failure = MediaErrors.Failed(exit.Code, exit.ErrorTail);
                continue;
            }
            var light = Brightness(exit.Output);
            if (light <= brightest) continue;
            File.Move(candidate, path, overwrite: true);
            if ((brightest = light) >= Dark) break;
        }
        File.Delete(candidate);
        return brightest >= 0 ? path : failure!;
    }

    /// <summary>Reads only the key frames of a rendition, so it costs next to nothing; take the lowest rung.</summary>
    public async Task<Result<SpriteSheets>> SpritesAsync(RenditionFiles rendition, FrameRate rate, TimeSpan duration, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var group = rate.Seconds(rate.GroupFrames);
        var keyframes = Math.Max(1, (int)Math.Ceiling((duration.TotalSeconds - 0.6) / group));
        var every = Math.Max(1, (int)Math.Ceiling(duration.TotalSeconds / (Columns * Rows) / group));
        var tiles = (keyframes + every - 1) / every;

        var isWide = rendition.Width >= rendition.Height;
        var other = Even((double)TileSide * Math.Min(rendition.Width, rendition.Height) / Math.Max(rendition.Width, rendition.Height));
        var (width, height) = isWide ? (TileSide, other) : (other, TileSide);

        var filter = $"select='not(mod(n,{every}))',scale={width}:{height},tile={Columns}x{Rows}";
        string[] make = ["-vf", filter, "-vsync", "0", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "image2", Path.Combine(folder, "sprite-%02d.jpg")];
        var run = await FfmpegProcess.RunAsync(
            options.Ffmpeg, ["-v", "error", "-y", "-skip_frame", "nokey", .. RenditionFiles.FromPipe, .. make], ct, rendition.CopyToAsync, priority: FfmpegProcess.Background);
        if (!run.TryGet(out var exit, out var error)) return error;

        List<string> sheets = [.. Directory.GetFiles(folder, "sprite-*.jpg").Order(StringComparer.Ordinal)];
        if (exit.Code != 0 || sheets.Count == 0 || sheets.Exists(s => new FileInfo(s).Length == 0)) return MediaErrors.Failed(exit.Code, exit.ErrorTail);

        var vtt = Path.Combine(folder, "sprites.vtt");
        await File.WriteAllTextAsync(vtt, Cues(tiles, every * group, duration.TotalSeconds, width, height), ct);
        return new SpriteSheets(vtt, sheets, width, height, tiles);
    }

    private static string Cues(int tiles, double step, double duration, int width, int height)
    {
        var vtt = new StringBuilder("WEBVTT\n");
        for (var i = 0; i < tiles; i++)
        {
            var (sheet, tile) = (i / (Columns * Rows) + 1, i % (Columns * Rows));
            var end = i == tiles - 1 ? duration : (i + 1) * step;
            vtt.Append(CultureInfo.InvariantCulture, $"\n{Stamp(i * step)} --> {Stamp(end)}\n");
            vtt.Append(CultureInfo.InvariantCulture, $"sprite-{sheet:00}.jpg#xywh={tile % Columns * width},{tile / Columns * height},{width},{height}\n");
        }
        return vtt.ToString();
    }

    private static string Stamp(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}.{time.Milliseconds:000}");
    }

    private static double Brightness(string output)
    {
        var at = output.LastIndexOf("YAVG=", StringComparison.Ordinal);
        return at >= 0 && double.TryParse(output[(at + 5)..].Split('\n')[0], CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    private static int Even(double length) => Math.Max(2, 2 * (int)Math.Round(length / 2));

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
