using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Media;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PicturesAndWordsTests : IDisposable
{
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [Test]
    public async Task The_poster_is_a_bright_frame_even_if_the_film_opens_in_the_dark()
    {
        var path = await _clips.MakeAsync(
            "film.mkv", "-f", "lavfi", "-i", "color=black:s=320x180:r=24:d=6", "-f", "lavfi", "-i", "color=orange:s=320x180:r=24:d=6",
            "-filter_complex", "[0][1]concat", "-c:v", "libx264", "-preset", "ultrafast");
        var poster = await new Thumbnails(Clips.Options).PosterAsync(await Clips.ProbeAsync(path), _clips.PathOf("poster.jpg"), CancellationToken.None);
        Assert.That(poster.Error, Is.Null);
        Assert.That(await PixelAsync(poster.Value, 10, 10), Is.EqualTo("R"));
        Assert.That(Directory.GetFiles(_clips.Folder, "*candidate*"), Is.Empty);
    }

    [Test]
    public async Task Every_cue_points_at_the_picture_of_its_time()
    {
        // Red for four seconds, then blue: the third tile (at 4 s) is the first blue one.
        var path = await _clips.MakeAsync(
            "film.mkv", "-f", "lavfi", "-i", "color=red:s=320x180:r=24:d=4", "-f", "lavfi", "-i", "color=blue:s=320x180:r=24:d=5",
            "-filter_complex", "[0][1]concat", "-c:v", "libx264", "-preset", "ultrafast");
        var (source, rendition) = await EncodeAsync(path);
        var sprites = await new Thumbnails(Clips.Options).SpritesAsync(rendition, source.Video.FrameRate, source.Video.Duration, _clips.PathOf("sprites"), CancellationToken.None);

        Assert.That(sprites.Error, Is.Null);
        Assert.That(sprites.Value, Has.Property("Tiles").EqualTo(5).And.Property("TileWidth").EqualTo(160).And.Property("TileHeight").EqualTo(90));
        var vtt = await File.ReadAllTextAsync(sprites.Value.VttPath);
        Assert.That(vtt, Does.StartWith("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nsprite-01.jpg#xywh=0,0,160,90\n"));
        Assert.That(vtt, Does.EndWith("00:00:08.000 --> 00:00:09.000\nsprite-01.jpg#xywh=640,0,160,90\n"));
        Assert.That(await PixelAsync(sprites.Value.Sheets[0], 160 + 80, 45), Is.EqualTo("R"));
        Assert.That(await PixelAsync(sprites.Value.Sheets[0], 320 + 80, 45), Is.EqualTo("B"));
    }

    [Test]
    public async Task Text_subtitles_become_WebVTT_and_pictures_are_named_as_not_rendered()
    {
        var (srt, ass) = (_clips.PathOf("s.srt"), _clips.PathOf("s.ass"));
        await File.WriteAllTextAsync(srt, "1\n00:00:00,500 --> 00:00:01,500\n<i>Grüße</i> & Küsse\n");
        await File.WriteAllTextAsync(ass, "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:00.50,0:00:01.00,Default,,0,0,0,,{\\an8}Up here\n");
        var path = await _clips.MakeAsync(
            "film.mkv", [.. Clips.Picture("64x64", "24", 2), "-i", srt, "-i", ass, "-map", "0", "-map", "1", "-map", "2", .. Clips.Quick, "-c:s:0", "srt", "-c:s:1", "ass"]);
        var source = await Clips.ProbeAsync(path);
        var pgs = new SubtitleTrack(9, "hdmv_pgs_subtitle", "eng", null, false, false);
        var set = await new Subtitles(Clips.Options).ExtractAsync(source with { ImageSubtitles = [pgs] }, _clips.PathOf("subs"), CancellationToken.None);

        Assert.That(set.Error, Is.Null);
        Assert.That(set.Value.NotRendered, Is.EqualTo(new[] { pgs }));
        Assert.That(await File.ReadAllTextAsync(set.Value.Written[0].Path), Does.StartWith("WEBVTT").And.Contain("00:00.500 --> 00:01.500\n<i>Grüße</i> &"));
        Assert.That(await File.ReadAllTextAsync(set.Value.Written[1].Path), Does.Contain("Up here").And.Not.Contain("an8"));
    }

    [Test]
    public async Task A_rung_is_close_to_its_source_and_far_from_another_film()
    {
        var (source, rendition) = await EncodeAsync(await _clips.MakeAsync("a.mkv", [.. Clips.Picture("320x180", "24", 3), .. Clips.Quick, "-crf", "10"]));
        var other = await Clips.ProbeAsync(await _clips.MakeAsync("b.mkv", ["-f", "lavfi", "-i", "mandelbrot=s=320x180:r=24", "-t", "3", .. Clips.Quick]));
        var probe = new QualityProbe(Clips.Options);
        var (same, wrong) = (await probe.CompareAsync(source, rendition, CancellationToken.None), await probe.CompareAsync(other, rendition, CancellationToken.None));
        Assert.That(same.Error, Is.Null);
        Assert.That(same.Value, Has.Property("Mean").GreaterThan(0.9).And.Property("Frames").EqualTo(6));
        Assert.That(wrong.Value.Mean, Is.LessThan(0.6));
    }

    private async Task<(ProbedSource, RenditionFiles)> EncodeAsync(string path)
    {
        var source = await Clips.ProbeAsync(path);
        var kept = new KeptSegments(_clips.Folder);
        var job = new EncodeJob(source, _clips.PathOf("work"), [new VideoTarget(Ladder.For(source.Video)[0])], []);
        Assert.That((await new SegmentEncoder(Clips.Options, TimeProvider.System).EncodeAsync(job, kept, null, CancellationToken.None)).Error, Is.Null);
        var (name, init) = kept.Inits.Single();
        return (source, new RenditionFiles(init.Path, [.. kept.Segments[name].Select(s => s.Path)], init.Track.Width, init.Track.Height));
    }

    private static async Task<string> PixelAsync(string picture, int x, int y)
    {
        var run = await FfmpegProcess.RunAsync(
            "ffmpeg", ["-nostdin", "-v", "error", "-i", picture, "-vf", $"crop=2:2:{x}:{y},format=yuv444p,signalstats,metadata=print:file=-", "-f", "null", "-"],
            CancellationToken.None);
        Assert.That(run.Value.Code, Is.Zero, run.Value.ErrorTail);
        double Of(string key) => double.Parse(run.Value.Output.Split($"signalstats.{key}=")[1].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
        return Of("VAVG") > Of("UAVG") ? "R" : "B";
    }
}
