using System.Diagnostics;
using Streaming.Catalog.Media;

namespace Streaming.Benchmarks.Ingesting;

/// <summary>Three rungs, 360, 720 and 1080 lines, out of a 1080p film.</summary>
internal static class ThreeRungs
{
    private static readonly string[] _names = ["v360", "v720", "v1080"];

    /// <summary>As an ingest does it: the lowest rung with all sound first, then the others, every segment checked. Seconds.</summary>
    public static async Task<double> AsIngest(string film, string folder, CancellationToken ct)
    {
        var options = new FfmpegOptions();
        var begun = Stopwatch.GetTimestamp();
        var (source, rungs) = await Probe(film, options, ct);
        foreach (var job in (EncodeJob[])[BareRuns.Job(source, folder, "lowest", [rungs[0]], withSound: true), BareRuns.Job(source, folder, "upper", [.. rungs.Skip(1)], withSound: false)])
        {
            var encoded = await new SegmentEncoder(options, TimeProvider.System).EncodeAsync(job, new Kept(), null, ct);
            if (!encoded.TryGet(out var summary, out var error)) throw new InvalidOperationException(error.Message);
            if (summary.Segments == 0) throw new InvalidOperationException("Nothing was encoded.");
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>All in one run of ffmpeg. Seconds.</summary>
    public static async Task<double> Bare(string film, string folder, CancellationToken ct)
    {
        var options = new FfmpegOptions();
        var (source, rungs) = await Probe(film, options, ct);
        var begun = Stopwatch.GetTimestamp();
        await BareRuns.Encode(BareRuns.Job(source, folder, "all", rungs, withSound: true), options, ct);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task<(ProbedSource Source, IReadOnlyList<Rung> Rungs)> Probe(string film, FfmpegOptions options, CancellationToken ct)
    {
        var source = (await new MediaProbe(options).ProbeAsync(film, ct)).Value;
        return (source, [.. Ladder.For(source.Video).Where(r => _names.Contains(r.Name))]);
    }

    /// <summary>Takes what comes and leaves it where it is.</summary>
    private sealed class Kept : ISegmentSink
    {
        public Task StartedAsync(int processId, DateTimeOffset startedAt, CancellationToken ct) => Task.CompletedTask;

        public Task InitAsync(RenditionInit init, CancellationToken ct) => Task.CompletedTask;

        public Task SegmentAsync(EncodedSegment segment, CancellationToken ct) => Task.CompletedTask;
    }
}
