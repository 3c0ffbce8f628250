using System.Globalization;

namespace Streaming.Catalog.Media;

/// <summary>
/// The ffmpeg command of a job. Frames are counted, not timed: at a constant rate every rung gets its key frames at the same frames, also
/// when one is resumed in the middle, and times such as 12.012 s (NTSC) never need rounding.
/// </summary>
internal sealed class EncodeCommand(FfmpegOptions options, EncodeJob job)
{
    private const int AudioRate = 48000;

    // A key frame in the last half second would leave a one-frame segment, which keeps hls.js from ever reaching the end.
    private const double NoKeyBeforeEnd = 0.55;

    // The muxer cuts at the first key frame at or after n times this; a little less than exact, so rounding cannot make it miss one.
    private const double CutEarly = 0.00002;

    private readonly VideoTrack _video = job.Source.Video;

    private int FirstSegment => job.Video.Count == 0 ? 0 : job.Video.Min(v => v.Committed);

    private long FirstFrame => (long)FirstSegment * _video.FrameRate.SegmentFrames;

    public TimeSpan ResumeAt => TimeSpan.FromSeconds(_video.FrameRate.Seconds(FirstFrame));

    public IReadOnlyList<RenditionOutput> PrepareFolders()
    {
        List<RenditionOutput> renditions =
        [
            .. job.Video.Select(v => RenditionOutput.ForVideo(v.Rung.Name, Folder(v.Rung.Name), FirstSegment, v.Committed, _video.FrameRate)),
            // Sound is cheap, and an AAC encoder that starts anew leaves a click: it always runs from the start.
            .. job.Audio.Select(a => RenditionOutput.ForAudio(a.Name, Folder(a.Name), a.Committed, SoundSeconds(a.Track))),
        ];
        foreach (var rendition in renditions)
        {
            if (Directory.Exists(rendition.Folder)) Directory.Delete(rendition.Folder, recursive: true);
            Directory.CreateDirectory(rendition.Folder);
        }
        return renditions;
    }

    public IEnumerable<string> Arguments()
    {
        List<string> arguments = ["-nostdin", "-v", "error", "-progress", "pipe:1", "-stats_period", "0.25", "-y"];
        var isResumed = FirstFrame > 0 && job.Video.Count > 0;
        // A tenth of a frame early: seeking drops what lies before, and the source's own times are rounded.
        if (isResumed) arguments.AddRange(["-ss", Number(_video.FrameRate.Seconds(FirstFrame) - 0.1 / _video.FrameRate.Value)]);
        arguments.AddRange(FfmpegOptions.OpenUntrusted(job.Source.Path));
        if (isResumed && job.Audio.Count > 0) arguments.AddRange(FfmpegOptions.OpenUntrusted(job.Source.Path));

        if (job.Video.Count > 0) arguments.AddRange(["-filter_complex", Filter()]);
        foreach (var (target, i) in job.Video.Select((v, i) => (v, i)))
        {
            arguments.AddRange(["-map", $"[v{i}]", .. Picture(target.Rung)]);
            if (isResumed) arguments.AddRange(["-output_ts_offset", Number(_video.FrameRate.Seconds(FirstFrame)), "-start_number", $"{FirstSegment}"]);
            arguments.AddRange(Segments(target.Rung.Name, _video.FrameRate.SegmentSeconds, isResumed));
        }
        foreach (var target in job.Audio)
        {
            arguments.AddRange(["-map", $"{(isResumed ? 1 : 0)}:{target.Track.Index}", .. Sound(), .. Segments(target.Name, SoundSeconds(target.Track), isResumed: false)]);
        }
        return arguments;
    }

    private string Filter()
    {
        List<string> shared = [];
        if (_video.IsInterlaced) shared.Add("yadif=deint=interlaced");
        shared.Add($"fps=fps={_video.FrameRate}:start_time=0");
        if (_video.IsHdr)
            shared.Add("zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p");
        shared.Add($"split={job.Video.Count}");

        var ends = job.Video.Select((v, i) => $"[s{i}]scale={v.Rung.Width}:{v.Rung.Height}:flags=bicubic,setsar=1,format=yuv420p[v{i}]");
        return $"[0:{_video.Index}]{string.Join(',', shared)}{string.Concat(job.Video.Select((_, i) => $"[s{i}]"))};{string.Join(';', ends)}";
    }

    private IEnumerable<string> Picture(Rung rung)
    {
        var lastKey = _video.Frames - NoKeyBeforeEnd * _video.FrameRate.Value - FirstFrame;
        return
        [
            "-c:v", "libx264", "-preset", options.Preset, "-profile:v", "high", "-crf", $"{rung.Crf}",
            "-maxrate", $"{rung.MaxRateKbps}k", "-bufsize", $"{2 * rung.MaxRateKbps}k",
            "-g", $"{2 * _video.FrameRate.SegmentFrames}", "-x264-params", "open-gop=0:scenecut=0",
            "-force_key_frames", $"expr:if(lt(n,{Number(lastKey)}),not(mod(n,{_video.FrameRate.GroupFrames})),0)",
        ];
    }

    private static IEnumerable<string> Sound() =>
    [
        // Gaps and a late start become silence, or sound would drift from the picture.
        "-af", "aresample=async=1:first_pts=0", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", $"{AudioRate}",
    ];

    /// <summary>Sound has no key frames to hold back: its segments are made a little longer instead, so that no tail of a frame is left.</summary>
    private double SoundSeconds(AudioTrack track)
    {
        var usual = _video.FrameRate.SegmentSeconds;
        var whole = Math.Floor((track.Duration.TotalSeconds + 0.05) / usual);
        var tail = track.Duration.TotalSeconds - whole * usual;
        return whole > 0 && tail < NoKeyBeforeEnd ? usual + (Math.Max(0, tail) + 0.1) / whole : usual;
    }

    private IEnumerable<string> Segments(string rendition, double seconds, bool isResumed) =>
    [
        "-map_metadata", "-1", "-map_chapters", "-1", "-avoid_negative_ts", "disabled",
        "-f", "hls", "-hls_time", Number(seconds - CutEarly), "-hls_playlist_type", "event",
        "-hls_segment_type", "fmp4", "-hls_flags", "independent_segments+temp_file",
        "-hls_segment_options", $"movflags=+skip_sidx{(isResumed ? "+frag_discont" : "")}", "-hls_fmp4_init_filename", RenditionOutput.InitName,
        "-hls_segment_filename", Path.Combine(Folder(rendition), "%05d.m4s"), Path.Combine(Folder(rendition), "work.m3u8"),
    ];

    private string Folder(string rendition) => Path.Combine(Path.GetFullPath(job.WorkFolder), rendition);

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
