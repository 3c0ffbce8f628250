using Streaming.Catalog.Media;
using Streaming.Kernel;

namespace Streaming.ModuleTests.Catalog.Media;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MediaProbeTests : IDisposable
{
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [Test]
    public async Task A_film_tells_its_tracks_languages_subtitles_and_chapters()
    {
        var (srt, chapters) = (_clips.PathOf("s.srt"), _clips.PathOf("c.txt"));
        await File.WriteAllTextAsync(srt, "1\n00:00:00,500 --> 00:00:01,500\nHello\n");
        await File.WriteAllTextAsync(chapters, ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Dawn\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Noon\n");
        var path = await _clips.MakeAsync(
            "film.mkv", [.. Clips.Picture("320x180", "24000/1001", 2.002), .. Clips.Tone(2.5, 6), .. Clips.Tone(2), "-i", srt, "-i", chapters,
            "-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map_metadata", "4", .. Clips.Quick, "-c:a", "ac3", "-c:s", "srt",
            "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu", "-metadata:s:a:1", "title=Kommentar", "-metadata:s:s:0", "language=fra"]);

        var source = await Clips.ProbeAsync(path);

        Assert.That(source.Video, Is.EqualTo(new VideoTrack(0, "h264", 320, 180, new(24000, 1001), source.Video.Duration, "yuv420p", 8, false, false)));
        Assert.That(source.Video.Frames, Is.EqualTo(48), "the picture's own length, not the container's");
        Assert.That(source.Duration.TotalSeconds, Is.EqualTo(2.5).Within(0.1));
        Assert.That(source.Audio.Select(a => (a.Language, a.Channels, a.Title)), Is.EqualTo(new[] { ("eng", 6, null), ("deu", 2, "Kommentar") }));
        Assert.That(source.TextSubtitles.Select(s => (s.Index, s.Language)), Is.EqualTo(new[] { (3, "fra") }));
        Assert.That(source.Chapters.Select(c => (c.Title, c.Start.TotalSeconds)), Is.EqualTo(new[] { ("Dawn", 0d), ("Noon", 1d) }));
    }

    [Test]
    public async Task Rotation_and_sample_aspect_are_taken_into_the_size()
    {
        var flat = await _clips.MakeAsync("flat.mp4", [.. Clips.Picture("160x120", "25", 1), "-vf", "setsar=4/3", .. Clips.Quick]);
        var turned = await _clips.MakeAsync("turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90");
        var (wide, tall) = ((await Clips.ProbeAsync(flat)).Video, (await Clips.ProbeAsync(turned)).Video);
        Assert.That((wide.Width, wide.Height, tall.Width, tall.Height), Is.EqualTo((213, 120, 120, 213)));
    }

    [Test]
    public async Task Ten_bits_and_HDR_are_seen()
    {
        var path = await _clips.MakeAsync(
            "hdr.mkv", [.. Clips.Picture("160x90", "25", 1), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084",
            "-color_primaries", "bt2020", "-colorspace", "bt2020nc"]);
        Assert.That((await Clips.ProbeAsync(path)).Video, Has.Property("BitDepth").EqualTo(10).And.Property("IsHdr").True);
    }

    [TestCase("#EXTM3U\n#EXTINF:4,\nhttp://10.0.0.1/secret.ts\n", "film.mp4", "catalog:playlist-refused")]
    [TestCase("\uFEFF\n#EXTM3U\nfile:///etc/passwd\n", "film.m3u8", "catalog:playlist-refused")]
    [TestCase("ffconcat version 1.0\nfile /etc/passwd\n", "film.mkv", "catalog:playlist-refused")]
    [TestCase("<?xml version=\"1.0\"?>\n<MPD></MPD>", "film.mpd", "catalog:playlist-refused")]
    [TestCase("Dear reader, this is a letter and not a film.", "letter.mp4", "catalog:not-media")]
    [TestCase("", "nothing.mp4", "catalog:empty-file")]
    public async Task What_is_not_a_film_is_refused_with_a_reason(string content, string name, string code)
    {
        await File.WriteAllTextAsync(_clips.PathOf(name), content);
        var refused = await RefusalAsync(_clips.PathOf(name));
        Assert.That(refused.Code, Is.EqualTo(code));
        Assert.That(refused.Message, Does.EndWith("."));
    }

    [Test]
    public async Task Sound_alone_a_picture_and_a_header_without_an_index_are_refused()
    {
        var song = await _clips.MakeAsync("song.m4a", [.. Clips.Tone(1)]);
        var photo = await _clips.MakeAsync("photo.png", [.. Clips.Picture("64x64", "25", 0.04), "-frames:v", "1"]);
        var film = await _clips.MakeAsync("film.mp4", [.. Clips.Picture("64x64", "25", 1), .. Clips.Quick]);
        using (var file = File.OpenWrite(film)) file.SetLength(file.Length / 2);

        Assert.That((await RefusalAsync(song)).Code, Is.EqualTo("catalog:no-video"));
        Assert.That((await RefusalAsync(photo)).Code, Is.EqualTo("catalog:not-media"));
        Assert.That((await RefusalAsync(film)).Code, Is.EqualTo("catalog:incomplete-file"));
    }

    [Test]
    public async Task A_file_whose_picture_is_absurdly_large_is_refused()
    {
        var path = await _clips.MakeAsync("huge.mkv", [.. Clips.Picture("8256x32", "25", 0.2), .. Clips.Quick]);
        Assert.That((await RefusalAsync(path)).Code, Is.EqualTo("catalog:unusual-size"));
    }

    [TestCase(1.0, true)]
    [TestCase(0.6, false)]
    public async Task A_file_that_was_cut_off_is_seen_not_to_reach_its_end(double share, bool reaches)
    {
        var film = await _clips.MakeAsync($"cut{share:0.0}.mp4", [.. Clips.Picture("160x90", "24", 12), .. Clips.Quick, "-g", "24", "-movflags", "+faststart"]);
        await using (var file = File.OpenWrite(film)) file.SetLength((long)(file.Length * share));

        var probed = await new MediaProbe(Clips.Options).ProbeAsync(film, CancellationToken.None);

        Assert.That(probed.Value.ReachesEnd, Is.EqualTo(reaches));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public async Task What_is_slow_at_first_is_looked_at_once_more_with_more_patience()
    {
        var film = await _clips.MakeAsync("film.mp4", [.. Clips.Picture("64x64", "25", 1), .. Clips.Quick]);
        var slow = _clips.Script("slow-once", $"mkdir '{_clips.PathOf("seen")}' 2>/dev/null && exec sleep 60\nexec ffprobe \"$@\"");
        var probed = await new MediaProbe(Clips.Options with { Ffprobe = slow, ProbeTimeout = TimeSpan.FromSeconds(4) }).ProbeAsync(film, CancellationToken.None);
        Assert.That(probed.Error, Is.Null);
        Assert.That(Directory.Exists(_clips.PathOf("seen")));
    }

    [Test]
    public async Task Without_ffprobe_the_reason_is_the_missing_program_and_not_the_file()
    {
        var path = await _clips.MakeAsync("film.mp4", [.. Clips.Picture("64x64", "25", 0.2), .. Clips.Quick]);
        var probed = await new MediaProbe(Clips.Options with { Ffprobe = "no-such-ffprobe" }).ProbeAsync(path, CancellationToken.None);
        Assert.That(probed.Error, Has.Property("Code").EqualTo(MediaErrors.ToolMissing).And.Property("Kind").EqualTo(ErrorKind.Unavailable));
    }

    private static async Task<Error> RefusalAsync(string path)
    {
        var probed = await new MediaProbe(Clips.Options with { ProbeTimeout = TimeSpan.FromSeconds(20) }).ProbeAsync(path, CancellationToken.None);
        Assert.That(probed.IsError, Is.True);
        return probed.Error!;
    }
}
