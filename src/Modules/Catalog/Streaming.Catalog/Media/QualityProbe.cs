using System.Globalization;
using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>How close a rung comes to its source.</summary>
/// <param name="Mean">Mean SSIM of the frames compared, 0 to 1; above 0.95 hardly anybody sees a difference.</param>
/// <param name="Worst">The lowest of them.</param>
internal sealed record Quality(double Mean, double Worst, int Frames);

/// <summary>Structural similarity (Wang et al., IEEE Transactions on Image Processing 13(4), 2004) of every 12th frame, at the rung's own size.</summary>
internal sealed class QualityProbe(FfmpegOptions options)
{
    private const int Every = 12;

    public async Task<Result<Quality>> CompareAsync(ProbedSource source, RenditionFiles rendition, CancellationToken ct)
    {
        var video = source.Video;
        var reference = $"[1:{video.Index}]{(video.IsInterlaced ? "yadif=deint=interlaced," : "")}fps=fps={video.FrameRate}:start_time=0,select='not(mod(n,{Every}))',"
            + $"scale={rendition.Width}:{rendition.Height}:flags=bicubic,setsar=1,format=yuv420p,setpts=N/TB[r]";
        var filter = $"[0:v]select='not(mod(n,{Every}))',format=yuv420p,setpts=N/TB[e];{reference};[e][r]ssim=stats_file=-:shortest=1";
        var run = await FfmpegProcess.RunAsync(
            options.Ffmpeg, ["-v", "error", .. RenditionFiles.FromPipe, .. FfmpegOptions.OpenUntrusted(source.Path), "-filter_complex", filter, "-f", "null", "-"],
            ct, rendition.CopyToAsync, priority: FfmpegProcess.Background);
        if (!run.TryGet(out var exit, out var error)) return error;

        var values = exit.Output.Split('\n').Select(Similarity).OfType<double>().ToList();
        return exit.Code == 0 && values.Count > 0
            ? new Quality(values.Average(), values.Min(), values.Count)
            : MediaErrors.Failed(exit.Code, exit.ErrorTail);
    }

    private static double? Similarity(string line)
    {
        var at = line.IndexOf("All:", StringComparison.Ordinal);
        return at >= 0 && double.TryParse(line[(at + 4)..].Split(' ')[0], CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
