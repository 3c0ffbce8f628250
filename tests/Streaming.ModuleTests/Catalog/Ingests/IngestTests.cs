using Streaming.Catalog;
using Streaming.ModuleTests.Catalog.Media;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Catalog.Ingests;

/// <summary>Real files through real encodes.</summary>
[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.InOneProcess))]
internal sealed class IngestTests(Engine engine, DialMode dial) : IDisposable
{
    private readonly Clips _clips = new();
    private TestDatabase _database = null!;
    private IngestHost _host = null!;

    public void Dispose() => _clips.Dispose();

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.Create(engine);
        _host = await IngestHost.Start(_database, dial: dial);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [Test]
    public async Task A_film_becomes_a_title_with_rungs_sound_subtitles_poster_and_thumbnails()
    {
        await File.WriteAllTextAsync(_clips.PathOf("words.srt"), "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n");
        var film = await _clips.MakeAsync(
            "Night.Train.2023.1080p.mkv", [.. Clips.Picture("640x360", "24", 9), .. Clips.Tone(9), "-i", _clips.PathOf("words.srt"), "-map", "0", "-map", "1", "-map", "2",
            .. Clips.Quick, "-c:a", "aac", "-c:s", "srt", "-metadata:s:a:0", "language=eng", "-metadata:s:s:0", "language=deu"]);
        var id = await _host.Upload(film, publish: true);
        Assert.That((await _host.View(id)).State, Is.EqualTo("verifying"));
        await _host.Worker.Work(CancellationToken.None);

        var view = await _host.View(id);
        Assert.That((view.State, view.TitleName, view.Progress, view.Failure), Is.EqualTo(("ready", "Night Train", 1d, (IngestFailure?)null)));
        Assert.That((await _host.Send(new GetTitle(view.TitleId))).Value.Card.Year, Is.EqualTo(2023), "the file's name told it");
        Assert.That(view.Poster, Does.StartWith($"/artwork/{view.TitleId}/"));
        var playable = await _host.Send(new GetPlayable(view.TitleId), Kernel.Caller.Anonymous);
        Assert.That(playable.Error, Is.Null, "it was to be published");
        Assert.That((playable.Value.Name, playable.Value.Complete, playable.Value.HasThumbnails), Is.EqualTo(("Night Train", true, true)));
        Assert.That(playable.Value.DurationSeconds, Is.EqualTo(9).Within(0.1));
        Assert.That(playable.Value.Audio, Is.EqualTo(new[] { new TrackView("en", "English") }));
        Assert.That(playable.Value.Subtitles, Is.EqualTo(new[] { new TrackView("de", "Deutsch") }));

        var presentation = (await _host.Send(new GetPresentation(playable.Value.AssetId, playable.Value.Revision))).Value;
        Assert.That(presentation.Video.Select(v => v.Name), Is.EqualTo(new[] { "v240", "v360" }));
        Assert.That(presentation.Video.Select(v => v.Segments.Count), Is.All.EqualTo(3));
        Assert.That(presentation.Audio.Single().Segments.Sum(s => s.Duration) / (double)presentation.Audio[0].Timescale, Is.EqualTo(9).Within(0.1));
        Assert.That(presentation.Subtitles.Single(), Is.EqualTo(new SubtitleRendition("s0", "de", "Deutsch", false)));
        foreach (var video in presentation.Video)
        {
            Assert.That(await _host.Store.Size(MediaKeys.Init(playable.Value.AssetId, 1, video.Name), default), Is.GreaterThan(100));
            foreach (var segment in video.Segments)
                Assert.That(await _host.Store.Size(MediaKeys.Segment(playable.Value.AssetId, 1, video.Name, segment.Number), default), Is.EqualTo(segment.SizeBytes));
        }

        await using var vtt = await _host.Store.Open(MediaKeys.Thumbnails(playable.Value.AssetId, 1), default);
        Assert.That(await new StreamReader(vtt!).ReadToEndAsync(), Does.Contain("\n0.jpg#xywh=0,0,160,90"));
        Assert.That(Directory.GetFiles(Path.Combine(_database.Folder, "uploads")), Does.Not.Contain(id.ToString("N")), "the source has done its duty");
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_database.Folder, "work")), Is.Empty);
    }
}
