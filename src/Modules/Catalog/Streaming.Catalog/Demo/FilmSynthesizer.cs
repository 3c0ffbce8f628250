using System.Globalization;
using System.Text;
using Streaming.Catalog.Media;
using Streaming.Kernel;

namespace Streaming.Catalog.Demo;

internal sealed record SynthesizedFilm(DemoFilm Film, string Path, string ArtworkPath);

/// <summary>Makes the demo films: an MKV with picture, sound, subtitles and chapters, and a 1280 by 720 JPEG as artwork, in about two seconds each.</summary>
internal sealed class FilmSynthesizer(FfmpegOptions options)
{
    private const int ArtworkWidth = 1280;
    private const int ArtworkHeight = 720;
    private const double Fade = 1.2;

    public async Task<Result<SynthesizedFilm>> MakeAsync(DemoFilm film, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var (path, artwork) = (Path.Combine(folder, $"{film.Key}.mkv"), Path.Combine(folder, $"{film.Key}.jpg"));
        var parts = await WritePartsAsync(film, folder, ct);

        var inputs = parts.SelectMany(p => (string[])["-i", p]);
        var run = await FfmpegProcess.RunAsync(options.Ffmpeg, ["-nostdin", "-v", "error", "-y", .. inputs, .. Output(film), path], ct, priority: FfmpegProcess.Background);
        foreach (var part in parts) File.Delete(part);
        if (!run.TryGet(out var exit, out var error)) return error;
        if (exit.Code != 0) return MediaErrors.Failed(exit.Code, exit.ErrorTail);

        run = await FfmpegProcess.RunAsync(options.Ffmpeg, ["-nostdin", "-v", "error", "-y", .. Artwork(film), artwork], ct, priority: FfmpegProcess.Background);
        if (!run.TryGet(out exit, out error)) return error;
        return exit.Code == 0 ? new SynthesizedFilm(film, path, artwork) : MediaErrors.Failed(exit.Code, exit.ErrorTail);
    }

    private static async Task<List<string>> WritePartsAsync(DemoFilm film, string folder, CancellationToken ct)
    {
        List<string> parts = [];
        foreach (var subtitles in film.Subtitles)
        {
            var path = Path.Combine(folder, $"{film.Key}.{subtitles.Language}.srt");
            await File.WriteAllTextAsync(path, Srt(subtitles.Cues), ct);
            parts.Add(path);
        }
        if (film.Chapters.Count > 0)
        {
            var path = Path.Combine(folder, $"{film.Key}.chapters.txt");
            await File.WriteAllTextAsync(path, Chapters(film), ct);
            parts.Add(path);
        }
        return parts;
    }

    private static List<string> Output(DemoFilm film)
    {
        var scene = film.Paint(new Scene(film.Width, film.Height, film.Rate, 0), new Ridge(film.Width));
        var end = Number(film.Seconds - Fade);
        var finish = $"{film.Grade},format=yuv420p,fade=t=in:d={Number(Fade)},fade=t=out:st={end}:d={Number(Fade)},trim=duration={Number(film.Seconds)}";
        var sound = film.Scores.Select((score, i) => Sound(score, i, film.Seconds));
        List<string> arguments =
        [
            "-filter_complex", $"{scene.Graph(finish)};{string.Join(';', sound)}", "-map", "[film]",
            .. film.Scores.SelectMany((_, i) => (string[])["-map", $"[sound{i}]"]),
            .. film.Subtitles.SelectMany((_, i) => (string[])["-map", $"{i}"]),
        ];
        if (film.Chapters.Count > 0) arguments.AddRange(["-map_chapters", $"{film.Subtitles.Count}"]);
        arguments.AddRange(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-g", "120", "-pix_fmt", "yuv420p", "-c:a", "flac", "-sample_fmt", "s16", "-compression_level", "0", "-c:s", "srt"]);
        arguments.AddRange(["-metadata", $"title={film.Title}"]);
        foreach (var (score, i) in film.Scores.Select((s, i) => (s, i)))
            arguments.AddRange([$"-metadata:s:a:{i}", $"language={score.Language}", $"-metadata:s:a:{i}", $"title={score.Title}", $"-disposition:a:{i}", i == 0 ? "default" : "0"]);
        foreach (var (subtitles, i) in film.Subtitles.Select((s, i) => (s, i)))
            arguments.AddRange([$"-metadata:s:s:{i}", $"language={subtitles.Language}", $"-metadata:s:s:{i}", $"title={subtitles.Title}", $"-disposition:s:{i}", "0"]);
        arguments.AddRange(["-t", Number(film.Seconds), "-f", "matroska"]);
        return arguments;
    }

    private static IEnumerable<string> Artwork(DemoFilm film)
    {
        var scene = film.Paint(new Scene(ArtworkWidth, ArtworkHeight, film.Rate, film.ArtworkAt), new Ridge(ArtworkWidth));
        var finish = $"{film.Grade},eq=contrast=1.06:saturation=1.12,vignette=PI/10,trim=end_frame=1,format=yuvj420p";
        return ["-filter_complex", scene.Graph(finish), "-map", "[film]", "-frames:v", "1", "-q:v", "3", "-f", "image2", "-update", "1"];
    }

    /// <summary>Each chord swells and dies away; an echo gives it a room, filtered noise the weather outside.</summary>
    private static string Sound(DemoScore score, int track, double seconds)
    {
        var each = seconds / score.Chords.Length;
        var graph = new StringBuilder();
        foreach (var (chord, c) in score.Chords.Select((notes, c) => (notes, c)))
        {
            // A quiet octave above and one below make three sines a chord.
            double[] notes = [.. chord, chord[0] / 2, chord[^1] * 2];
            foreach (var (hertz, n) in notes.Select((hertz, n) => (hertz, n)))
                graph.Append(CultureInfo.InvariantCulture, $"sine=f={hertz:0.##}:r=44100:d={each:0.###},volume={(n == notes.Length - 1 ? 0.18 : n == 3 ? 0.8 : 0.55):0.##}[n{track}_{c}_{n}];");
            graph.Append(string.Concat(notes.Select((_, n) => $"[n{track}_{c}_{n}]")));
            graph.Append(CultureInfo.InvariantCulture, $"amix=inputs={notes.Length}:normalize=0,afade=t=in:d={each * 0.3:0.###}:curve=hsin,afade=t=out:st={each * 0.55:0.###}:d={each * 0.45:0.###}:curve=hsin[c{track}_{c}];");
        }
        graph.Append(string.Concat(score.Chords.Select((_, c) => $"[c{track}_{c}]")));
        graph.Append(CultureInfo.InvariantCulture, $"concat=n={score.Chords.Length}:v=0:a=1,tremolo=f=0.7:d=0.15,aecho=0.8:0.7:420|690:0.35|0.22,lowpass=f=2400[m{track}];");

        var noise = score.Noise.Split(':');
        graph.Append(CultureInfo.InvariantCulture, $"anoisesrc=c={noise[0]}:a={noise[1]}:r=44100:d={seconds:0.###}:seed={track + 7},lowpass=f={noise[2]},tremolo=f={noise[3]}:d=0.5[w{track}];");
        graph.Append(CultureInfo.InvariantCulture, $"[m{track}][w{track}]amix=inputs=2:normalize=0,atrim=duration={seconds:0.###},afade=t=in:d={Fade},afade=t=out:st={seconds - Fade:0.###}:d={Fade},volume=1.6,alimiter=limit=0.85,aformat=channel_layouts=mono,");
        graph.Append(CultureInfo.InvariantCulture, $"asplit[le{track}][ri{track}];[ri{track}]adelay=11[rd{track}];[le{track}][rd{track}]join=inputs=2:channel_layout=stereo,atrim=duration={seconds:0.###}[sound{track}]");
        return graph.ToString();
    }

    private static string Srt(IReadOnlyList<DemoCue> cues)
    {
        var srt = new StringBuilder();
        foreach (var (cue, i) in cues.Select((cue, i) => (cue, i)))
            srt.Append(CultureInfo.InvariantCulture, $"{i + 1}\n{Stamp(cue.From)} --> {Stamp(cue.To)}\n{cue.Text}\n\n");
        return srt.ToString();
    }

    private static string Chapters(DemoFilm film)
    {
        var text = new StringBuilder(";FFMETADATA1\n");
        foreach (var (chapter, i) in film.Chapters.Select((chapter, i) => (chapter, i)))
        {
            var end = i + 1 < film.Chapters.Count ? film.Chapters[i + 1].From : film.Seconds;
            text.Append(CultureInfo.InvariantCulture, $"[CHAPTER]\nTIMEBASE=1/1000\nSTART={chapter.From * 1000:0}\nEND={end * 1000:0}\ntitle={chapter.Title}\n");
        }
        return text.ToString();
    }

    private static string Stamp(double seconds) => TimeSpan.FromSeconds(seconds).ToString(@"hh\:mm\:ss\,fff", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
