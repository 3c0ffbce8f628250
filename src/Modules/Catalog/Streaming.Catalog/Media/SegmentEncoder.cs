using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>A rung to encode, and how many of its segments are committed already.</summary>
internal sealed record VideoTarget(Rung Rung, int Committed = 0);

/// <summary>A sound track to encode into a rendition of its own that all rungs share.</summary>
internal sealed record AudioTarget(string Name, AudioTrack Track, int Committed = 0);

/// <summary>What one ffmpeg process encodes: the lowest rung with all sound first, so that something can be played soon; then the rest.</summary>
/// <param name="WorkFolder">On the file system of the library, so that committing is a rename. Emptied per rendition at the start.</param>
internal sealed record EncodeJob(ProbedSource Source, string WorkFolder, IReadOnlyList<VideoTarget> Video, IReadOnlyList<AudioTarget> Audio);

/// <summary>A rendition's initialisation segment, told before its first segment.</summary>
internal sealed record RenditionInit(string Rendition, string Path, long SizeBytes, Mp4Track Track);

/// <summary>A complete, checked segment that still lies in the work folder. Ticks are of <paramref name="Timescale"/>.</summary>
/// <param name="KeyframeOffset">With <paramref name="KeyframeLength"/> the bytes an I-frame playlist points at; zero length for sound.</param>
internal sealed record EncodedSegment(
    string Rendition, int Number, string Path, long StartTicks, long DurationTicks, uint Timescale, long SizeBytes, long KeyframeOffset, long KeyframeLength);

/// <summary>Receives what has been encoded, in order within a rendition and one call at a time; it moves the file to where it stays.</summary>
internal interface ISegmentSink
{
    /// <summary>Called once the process runs, with what is needed to end it after a crash of this host.</summary>
    Task StartedAsync(int processId, DateTimeOffset startedAt, CancellationToken ct);

    Task InitAsync(RenditionInit init, CancellationToken ct);

    Task SegmentAsync(EncodedSegment segment, CancellationToken ct);
}

internal sealed record EncodeSummary(TimeSpan EncodedVideo, int Segments);

/// <summary>
/// Runs ffmpeg as a segmenter and believes only what it finds on disk: ffmpeg exits with 0 on a full disk and on a source that breaks off.
/// </summary>
internal sealed class SegmentEncoder(FfmpegOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Encodes until the end, an error or cancellation. Whatever was handed over before stays good; call again with more committed to go on.</summary>
    public async Task<Result<EncodeSummary>> EncodeAsync(EncodeJob job, ISegmentSink sink, Action<EncodeProgress>? progress, CancellationToken ct)
    {
        var command = new EncodeCommand(options, job);
        var renditions = command.PrepareFolders();
        var (lastSign, lastEncoded) = (clock.GetTimestamp(), TimeSpan.MinValue);
        void Report(EncodeProgress now)
        {
            // ffmpeg goes on repeating the same time when it hangs.
            if (now.Encoded > lastEncoded) Interlocked.Exchange(ref lastSign, clock.GetTimestamp());
            lastEncoded = now.Encoded;
            progress?.Invoke(now with { Encoded = now.Encoded + command.ResumeAt });
        }

        if (!FfmpegProcess.Start(options.Ffmpeg, command.Arguments(), Report, priority: FfmpegProcess.Background).TryGet(out var process, out var error)) return error;
        await using (process)
        {
            await sink.StartedAsync(process.Id, process.StartedAt, ct);
            var exit = process.WaitAsync(ct);
            while (!exit.IsCompleted)
            {
                if (await CollectAsync(renditions, sink, isOver: false, ct) is { } wrong) return wrong;
                if (clock.GetElapsedTime(Interlocked.Read(ref lastSign)) > options.StallTimeout) return MediaErrors.Stalled(options.StallTimeout);
                await Task.WhenAny(exit, Task.Delay(Look, clock, ct));
            }

            var (code, _, tail) = await exit;
            var last = await CollectAsync(renditions, sink, isOver: code == 0, ct);
            if (last is not null) return last;
            if (code == 0) return Judge(job, renditions);
            return FullDisk.IsIn(tail) ? MediaErrors.Full(job.WorkFolder) : MediaErrors.Failed(code, tail);
        }
    }

    private static async Task<Error?> CollectAsync(IReadOnlyList<RenditionOutput> renditions, ISegmentSink sink, bool isOver, CancellationToken ct)
    {
        foreach (var rendition in renditions)
            if (await rendition.CollectAsync(sink, isOver, ct) is { } error) return error;
        return null;
    }

    private static Result<EncodeSummary> Judge(EncodeJob job, IReadOnlyList<RenditionOutput> renditions)
    {
        foreach (var rendition in renditions)
            if (rendition.Found == 0) return MediaErrors.Segment(rendition.Name, 0, "nothing was written");
        if (job.Video.Count == 0) return new EncodeSummary(TimeSpan.Zero, renditions.Sum(r => r.Found));

        var promised = job.Source.Video.Duration;
        var encoded = renditions.Where(r => r.IsVideo).Min(r => r.End);
        var allowed = Math.Max(0.5, promised.TotalSeconds / 100);
        return (promised - encoded).TotalSeconds > allowed
            ? MediaErrors.Truncated(encoded, promised)
            : new EncodeSummary(encoded, renditions.Sum(r => r.Found));
    }
}
