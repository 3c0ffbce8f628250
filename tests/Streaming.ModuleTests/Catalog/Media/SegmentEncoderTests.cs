using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Media;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SegmentEncoderTests : IDisposable
{
    private static readonly FfmpegOptions Quick = Clips.Options with { Preset = "ultrafast" };
    private static readonly string[] Languages = ["eng", "deu"];
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [Test]
    public async Task A_film_becomes_rungs_that_cut_at_the_same_frames_and_sound_of_its_own()
    {
        var source = await FilmAsync("film.mp4", "640x360", "24", 9.5, [.. Clips.Tone(9.5, channels: 6)], ["-c:a", "aac"]);
        var kept = await EncodeAllAsync(source);

        Assert.That(Durations(kept, "v240"), Is.EqualTo(new[] { 4, 4, 1.5 }).Within(0.001));
        Assert.That(kept.Segments["v360"].Select(s => s.StartTicks), Is.EqualTo(kept.Segments["v240"].Select(s => s.StartTicks)));
        Assert.That(await kept.DecodeAsync("v360"), Has.Count.EqualTo(228));
        Assert.That(kept.Inits["a0"].Track, Has.Property("Codec").EqualTo("mp4a.40.2").And.Property("Channels").EqualTo(2).And.Property("SampleRate").EqualTo(48000));
        Assert.That(kept.Inits["v360"].Track, Has.Property("Codec").Match("^avc1\\.42C0[0-9A-F]{2}$").And.Property("Width").EqualTo(640).And.Property("Height").EqualTo(360));
        Assert.That(Durations(kept, "a0").Sum(), Is.EqualTo(9.5).Within(0.1));
        await kept.DecodeAsync("a0");
    }

    [Test]
    public async Task The_bytes_named_for_the_key_frame_are_one_whole_picture()
    {
        var kept = await EncodeAllAsync(await FilmAsync("film.mp4", "320x180", "25", 5));
        var (init, segment) = (kept.Inits["v180"], kept.Segments["v180"][1]);
        var bytes = (await File.ReadAllBytesAsync(segment.Path)).AsMemory((int)segment.KeyframeOffset, (int)segment.KeyframeLength);
        var picture = _clips.PathOf("picture.mp4");
        await File.WriteAllBytesAsync(picture, [.. await File.ReadAllBytesAsync(init.Path), .. bytes.Span]);
        var run = await FfmpegProcess.RunAsync("ffmpeg", ["-v", "quiet", "-i", picture, "-frames:v", "1", "-f", "framehash", "-"], CancellationToken.None);
        Assert.That(run.Value.Output.Split('\n').Count(l => l.Length > 0 && l[0] != '#'), Is.EqualTo(1));
    }

    [TestCase("30000/1001", 240, TestName = "NTSC is cut at 4.004 s")]
    [TestCase("60", 480, TestName = "Sixty frames a second")]
    [TestCase("25", 200, TestName = "PAL")]
    public async Task Segments_hold_whole_frames_at_every_rate(string rate, int frames)
    {
        var kept = await EncodeAllAsync(await FilmAsync("film.mp4", "160x90", rate, frames / FrameRate.Parse(rate.Contains('/') ? rate : rate + "/1")!.Value.Value));
        Assert.That(kept.Segments["v90"], Has.Count.EqualTo(2));
        Assert.That(kept.Segments["v90"].Select(s => s.DurationTicks).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await kept.DecodeAsync("v90"), Has.Count.EqualTo(frames));
    }

    [TestCase(8.04)]
    [TestCase(8.4)]
    public async Task The_last_segment_is_never_a_tail_of_a_few_frames(double seconds)
    {
        var kept = await EncodeAllAsync(await FilmAsync("film.mp4", "160x90", "25", seconds));
        Assert.That(Durations(kept, "v90"), Is.EqualTo(new[] { 4, seconds - 4 }).Within(0.001));
    }

    [TestCase(8)]
    [TestCase(8.3)]
    [TestCase(12.6)]
    public async Task Nor_is_the_last_segment_of_the_sound(double seconds)
    {
        var kept = await EncodeAllAsync(await FilmAsync("film.mkv", "160x90", "24", seconds, Clips.Tone(seconds), ["-c:a", "ac3"]));
        Assert.That(Durations(kept, "a0").Last(), Is.GreaterThan(0.45), kept.Describe());
        Assert.That(Durations(kept, "a0").Sum(), Is.EqualTo(seconds).Within(0.1));
    }

    [Test]
    public async Task Odd_sizes_rotation_and_missing_sound_are_no_obstacle()
    {
        var odd = await _clips.MakeAsync("odd.mkv", [.. Clips.Picture("161x121", "24", 2), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"]);
        Assert.That((await EncodeAllAsync(await Clips.ProbeAsync(odd))).Inits.Values.Single().Track, Has.Property("Width").EqualTo(160).And.Property("Height").EqualTo(120));

        var flat = await _clips.MakeAsync("flat.mp4", [.. Clips.Picture("160x90", "24", 2), .. Clips.Quick]);
        var turned = await _clips.MakeAsync("turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90");
        Assert.That((await EncodeAllAsync(await Clips.ProbeAsync(turned))).Inits.Values.Single().Track, Has.Property("Width").EqualTo(90).And.Property("Height").EqualTo(160));
    }

    [Test]
    public async Task A_variable_frame_rate_is_made_constant_at_the_usual_rate()
    {
        var path = await _clips.MakeAsync(
            "vfr.mkv", [.. Clips.Picture("160x90", "30", 6), "-vf", "select='not(between(n,60,90)*mod(n,2))'", "-vsync", "vfr", .. Clips.Quick]);
        var source = await Clips.ProbeAsync(path);
        Assert.That(source.Video.FrameRate, Is.EqualTo(new FrameRate(30, 1)));
        Assert.That(await (await EncodeAllAsync(source)).DecodeAsync("v90"), Has.Count.EqualTo(180));
    }

    [Test]
    public async Task Every_sound_track_becomes_a_rendition()
    {
        var path = await _clips.MakeAsync(
            "two.mkv", [.. Clips.Picture("160x90", "24", 5), .. Clips.Tone(5), .. Clips.Tone(5, 1, 880), "-map", "0", "-map", "1", "-map", "2", .. Clips.Quick,
            "-c:a", "ac3", "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"]);
        var source = await Clips.ProbeAsync(path);
        var kept = await EncodeAllAsync(source);
        Assert.That(source.Audio.Select(a => a.Language), Is.EqualTo(Languages));
        Assert.That(string.Join(' ', kept.Segments.Keys.Order()), Is.EqualTo("a0 a1 v90"));
        Assert.That(Durations(kept, "a1").Sum(), Is.EqualTo(5).Within(0.1));
    }

    [TestCase("24")]
    [TestCase("30000/1001")]
    public async Task An_encode_that_was_broken_off_goes_on_where_it_stopped_without_a_seam(string rate)
    {
        var source = await FilmAsync("film.mp4", "160x90", rate, 13, [.. Clips.Tone(13)], ["-c:a", "aac"]);
        var whole = await EncodeAllAsync(source, "whole");

        var kept = new KeptSegments(Directory.CreateDirectory(_clips.PathOf("kept")).FullName);
        using var cancel = new CancellationTokenSource();
        kept.OnSegment = s => s is { Rendition: "v90", Number: 2 } ? cancel.CancelAsync() : Task.CompletedTask;
        Assert.That(async () => await Encoder().EncodeAsync(Job(source, kept), kept, null, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(kept.Segments["v90"], Has.Count.EqualTo(2));

        kept.OnSegment = null;
        var resumed = await Encoder().EncodeAsync(Job(source, kept), kept, null, CancellationToken.None);
        Assert.That(resumed.Error, Is.Null);
        Assert.That(kept.Segments["v90"].Select(s => (s.StartTicks, s.DurationTicks)), Is.EqualTo(whole.Segments["v90"].Select(s => (s.StartTicks, s.DurationTicks))));
        Assert.That(kept.Segments["a0"].Select(s => (s.StartTicks, s.DurationTicks)), Is.EqualTo(whole.Segments["a0"].Select(s => (s.StartTicks, s.DurationTicks))));
        Assert.That(Times(await kept.DecodeAsync("v90")), Is.EqualTo(Times(await whole.DecodeAsync("v90"))));
        Assert.That(await kept.DecodeAsync("a0"), Is.EqualTo(await whole.DecodeAsync("a0")));
    }

    [Test]
    public async Task A_source_that_breaks_off_is_reported_and_what_there_is_was_handed_over()
    {
        var path = await _clips.MakeAsync("film.mp4", [.. Clips.Picture("160x90", "24", 12), .. Clips.Quick, "-g", "24", "-movflags", "+faststart"]);
        using (var file = File.OpenWrite(path)) file.SetLength(file.Length * 6 / 10);
        var kept = new KeptSegments(_clips.Folder);
        var outcome = await Encoder().EncodeAsync(Job(await Clips.ProbeAsync(path), kept), kept, null, CancellationToken.None);
        Assert.That(outcome.Error?.Code, Is.EqualTo(MediaErrors.TruncatedSource));
        Assert.That(outcome.Error?.Details?["promisedSeconds"], Is.EqualTo("12.000"));
        Assert.That(kept.Segments["v90"], Is.Not.Empty);
    }

    [Test]
    public async Task A_segment_that_a_full_disk_left_empty_is_never_handed_over()
    {
        var source = await FilmAsync("film.mp4", "160x90", "24", 9);
        var kept = new KeptSegments(_clips.Folder);
        var job = Job(source, kept);
        // Truncating the next segment as soon as it appears is what ENOSPC does to it.
        kept.OnSegment = async s =>
        {
            var next = Path.Combine(job.WorkFolder, "v90", $"{s.Number + 1:00000}.m4s");
            for (var i = 0; i < 200 && !File.Exists(next); i++) await Task.Delay(25);
            await File.WriteAllBytesAsync(next, []);
        };
        var outcome = await Encoder().EncodeAsync(job, kept, null, CancellationToken.None);
        Assert.That(outcome.Error?.Code, Is.EqualTo(MediaErrors.DiskFull));
        Assert.That(kept.Segments["v90"], Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_encoder_that_cannot_read_its_source_says_why_in_its_own_words()
    {
        var source = await FilmAsync("film.mp4", "160x90", "24", 1);
        await File.WriteAllTextAsync(source.Path, "not a film any more");
        var kept = new KeptSegments(_clips.Folder);
        var outcome = await Encoder().EncodeAsync(Job(source, kept), kept, null, CancellationToken.None);
        Assert.That(outcome.Error?.Code, Is.EqualTo(MediaErrors.EncoderFailed));
        Assert.That(outcome.Error?.Message, Does.Contain("Invalid data"));
    }

    [Test]
    public async Task Cancelling_ends_the_process_and_an_orphan_is_ended_by_pid_and_start_time()
    {
        var source = await FilmAsync("film.mp4", "160x90", "24", 1);
        var endless = FfmpegProcess.Start("ffmpeg", ["-nostdin", "-v", "error", "-re", .. Clips.Picture("160x90", "24", 600), "-f", "null", "-"]).Value;
        await using (endless)
        {
            Assert.That(FfmpegProcess.EndOrphan(endless.Id, endless.StartedAt.AddMinutes(-5)), Is.False, "another process with the same pid is left alone");
            Assert.That(endless.HasExited, Is.False);
            Assert.That(FfmpegProcess.EndOrphan(endless.Id, endless.StartedAt), Is.True);
            await endless.WaitAsync(CancellationToken.None);
        }
        Assert.That(source.Video.Frames, Is.EqualTo(24));
    }

    [Test]
    public async Task Progress_rises_to_the_end()
    {
        var source = await FilmAsync("film.mp4", "160x90", "24", 6);
        var kept = new KeptSegments(_clips.Folder);
        var seen = new List<EncodeProgress>();
        await Encoder().EncodeAsync(Job(source, kept), kept, seen.Add, CancellationToken.None);
        Assert.That(seen.Select(p => p.Encoded), Is.Ordered);
        Assert.That(seen[^1].Encoded.TotalSeconds, Is.EqualTo(6).Within(0.2));
    }

    private static SegmentEncoder Encoder() => new(Quick, TimeProvider.System);

    private static IEnumerable<double> Durations(KeptSegments kept, string rendition) =>
        kept.Segments[rendition].Select(s => (double)s.DurationTicks / s.Timescale);

    private static IEnumerable<string> Times(IEnumerable<string> frames) => frames.Select(f => f.Split(',')[2].Trim());

    private async Task<ProbedSource> FilmAsync(string name, string size, string rate, double seconds, string[]? sound = null, string[]? audioCodec = null) =>
        await Clips.ProbeAsync(await _clips.MakeAsync(name, [.. Clips.Picture(size, rate, seconds), .. sound ?? [], .. Clips.Quick, .. audioCodec ?? []]));

    private EncodeJob Job(ProbedSource source, KeptSegments kept) => new(
        source, _clips.PathOf("work"),
        [.. Ladder.For(source.Video).Select(r => new VideoTarget(r, kept.Segments.GetValueOrDefault(r.Name)?.Count ?? 0))],
        [.. source.Audio.Select((a, i) => new AudioTarget($"a{i}", a, kept.Segments.GetValueOrDefault($"a{i}")?.Count ?? 0))]);

    private async Task<KeptSegments> EncodeAllAsync(ProbedSource source, string folder = "kept-all")
    {
        var kept = new KeptSegments(Directory.CreateDirectory(_clips.PathOf(folder)).FullName);
        var outcome = await Encoder().EncodeAsync(Job(source, kept), kept, null, CancellationToken.None);
        Assert.That(outcome.Error, Is.Null);
        return kept;
    }
}
