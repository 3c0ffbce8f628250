using System.Text.Json;

namespace Streaming.Catalog.Media;

/// <summary>
/// The rate and length of a video track, and whether the file holds its end. Where the header is vague (MKV, variable rates) a few
/// packets at the start are read, and those of the last seconds always.
/// </summary>
internal sealed class FrameTiming(FfmpegOptions options)
{
    private const int Enough = 4;

    public async Task<(FrameRate Rate, TimeSpan Duration, bool ReachesEnd)> ReadAsync(string path, ProbeStream video, TimeSpan container, CancellationToken ct)
    {
        var (average, steady) = (FrameRate.Parse(video.AverageRate), FrameRate.Parse(video.BaseRate));
        var rate = average is { } a && steady is { } s && Math.Abs(a.Value - s.Value) < 0.005 * s.Value && s.Value <= 300 ? s : (FrameRate?)null;
        rate ??= Measure(await PacketsAsync(path, video.Index, "%+5", ct)) ?? Plausible(average) ?? Plausible(steady) ?? new FrameRate(25, 1);

        var told = MediaProbe.Time(video.Duration) ?? video.TaggedDuration;
        var promised = told ?? container;
        if (promised <= TimeSpan.Zero) return (rate.Value.Capped(), container, false);

        var from = Math.Max(0, promised.TotalSeconds - 5);
        var last = (await PacketsAsync(path, video.Index, FormattableString.Invariant($"{from:0.###}%"), ct)).LastOrDefault(-1);
        // A container often lasts as long as its longest track, which may be the sound.
        if (told is null && last >= 0 && last <= container.TotalSeconds) promised = TimeSpan.FromSeconds(last + 1 / rate.Value.Value);
        var reachesEnd = last >= promised.TotalSeconds - Math.Max(1, promised.TotalSeconds / 100);
        return (rate.Value.Capped(), promised, reachesEnd);
    }

    private static FrameRate? Plausible(FrameRate? rate) => rate is { Value: >= 1 and <= 120 } ? rate : null;

    private static FrameRate? Measure(List<double> times)
    {
        if (times.Count < Enough) return null;
        var steps = times.Zip(times.Skip(1), (x, y) => y - x).Where(step => step > 0).Order().ToList();
        if (steps.Count < Enough - 1) return null;
        var mean = (times[^1] - times[0]) / (times.Count - 1);
        var usual = steps[steps.Count / 2];
        // Container times are rounded, so the mean is the better measure of an even rate; an uneven one is encoded at its usual rate.
        return FrameRate.Nearest(1 / (Math.Abs(mean - usual) < 0.05 * usual ? mean : usual));
    }

    private async Task<List<double>> PacketsAsync(string path, int stream, string interval, CancellationToken ct)
    {
        string[] what = ["-v", "error", "-select_streams", $"{stream}", "-read_intervals", interval, "-show_entries", "packet=pts_time", "-of", "json"];
        var run = await FfmpegProcess.RunAsync(options.Ffprobe, [.. what, .. FfmpegOptions.OpenUntrusted(path)], ct);
        if (run.IsError || run.Value.Code != 0) return [];
        try
        {
            var packets = JsonSerializer.Deserialize(run.Value.Output, ProbeJson.Default.ProbePackets)?.Packets ?? [];
            return [.. packets.Select(p => p.Time is "0.000000" ? TimeSpan.Zero : MediaProbe.Time(p.Time)).OfType<TimeSpan>().Select(t => t.TotalSeconds).Order()];
        }
        catch (JsonException) { return []; }
    }
}
