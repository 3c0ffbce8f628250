using System.Diagnostics;
using Streaming.Benchmarks.Running;
using Streaming.Catalog.Artwork;
using Streaming.Catalog.Media;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Storage;

namespace Streaming.Benchmarks.Ingesting;

/// <summary>
/// The ffmpeg and ffprobe runs of an ingest in their order, with nothing around them. Only the tools' own processor time counts; what
/// this process does to start them does not.
/// </summary>
internal static class BareRuns
{
    /// <param name="Cpu">Of all runs, seconds.</param>
    /// <param name="Wall">Seconds.</param>
    internal sealed record Spent(double Cpu, double Wall);

    public static async Task<Spent> Repeat(string film, string folder, CancellationToken ct)
    {
        var options = new FfmpegOptions();
        var (before, begun) = (Processor.SecondsOfChildren(), Stopwatch.GetTimestamp());
        var source = (await new MediaProbe(options).ProbeAsync(film, ct)).Value;
        var ladder = Ladder.For(source.Video);
        var beside = PosterAndSubtitles(source, options, Directory.CreateDirectory(Path.Combine(folder, "extras")).FullName, ct);
        var lowest = await Encode(Job(source, folder, "lowest", [ladder[0]], withSound: true), options, ct);
        await beside;

        // From playable to ready the file is looked at again, and the seek bar's pictures come before the upper rungs.
        await new MediaProbe(options).ProbeAsync(film, ct);
        var rung = lowest.Single(r => r.IsVideo);
        var files = new RenditionFiles(Path.Combine(rung.Folder, RenditionOutput.InitName), [.. Directory.GetFiles(rung.Folder, "*.m4s").Order(StringComparer.Ordinal)], ladder[0].Width, ladder[0].Height);
        Check(await new Thumbnails(options).SpritesAsync(files, source.Video.FrameRate, source.Video.Duration, Path.Combine(folder, "sprites"), ct));
        await Encode(Job(source, folder, "upper", [.. ladder.Skip(1)], withSound: false), options, ct);
        return new Spent(Processor.SecondsOfChildren() - before, Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    public static EncodeJob Job(ProbedSource source, string folder, string name, IReadOnlyList<Rung> rungs, bool withSound) => new(
        source, Path.Combine(folder, name), [.. rungs.Select(r => new VideoTarget(r))],
        withSound ? [.. source.Audio.Select((track, i) => new AudioTarget($"a{i}", track))] : []);

    /// <summary>Runs the command of a job as it is; nobody looks at what it writes.</summary>
    public static async Task<IReadOnlyList<RenditionOutput>> Encode(EncodeJob job, FfmpegOptions options, CancellationToken ct)
    {
        var command = new EncodeCommand(options, job);
        var renditions = command.PrepareFolders();
        var exit = Check(await FfmpegProcess.RunAsync(options.Ffmpeg, command.Arguments(), ct, priority: FfmpegProcess.Background));
        if (exit.Code != 0) throw new InvalidOperationException($"ffmpeg failed: {exit.ErrorTail}");
        return renditions;
    }

    private static async Task PosterAndSubtitles(ProbedSource source, FfmpegOptions options, string folder, CancellationToken ct)
    {
        var data = new DataOptions { Folder = folder };
        var poster = Check(await new Thumbnails(options).PosterAsync(source, Path.Combine(folder, "poster.jpg"), ct));
        Check(await new ArtworkFiles(new LocalObjectStore(data), options, data).Keep(Guid.CreateVersion7(), poster, FfmpegProcess.Idle, ct));
        Check(await new Subtitles(options).ExtractAsync(source, folder, ct));
    }

    private static T Check<T>(Result<T> result) => result.TryGet(out var value, out var error) ? value : throw new InvalidOperationException(error.Message);
}
