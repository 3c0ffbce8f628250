using Streaming.Catalog.Demo;
using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Media;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DemoFilmsTests : IDisposable
{
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [Test]
    public void There_are_nine_films_and_a_series_of_three_all_told_apart()
    {
        Assert.That(DemoFilms.All.Count(f => f.Kind == DemoKind.Film), Is.EqualTo(9));
        Assert.That(DemoFilms.All.Where(f => f.Series is not null).Select(f => (f.Series!.Series, f.Series.Number)),
            Is.EqualTo(new[] { ("The Quiet Planets", 1), ("The Quiet Planets", 2), ("The Quiet Planets", 3) }));
        Assert.That(DemoFilms.All.Select(f => f.Key), Is.Unique);
        Assert.That(DemoFilms.All.Select(f => f.Title), Is.Unique);
        Assert.That(DemoFilms.All.Select(f => f.Synopsis), Is.Unique.And.All.Length.InRange(80, 260));
    }

    [Test]
    public void Subtitles_and_chapters_lie_within_their_film()
    {
        foreach (var film in DemoFilms.All)
        {
            foreach (var subtitles in film.Subtitles)
                Assert.That(subtitles.Cues.SelectMany(c => (double[])[c.From, c.To]), Is.Ordered.And.All.InRange(0, film.Seconds), film.Key);
            Assert.That(film.Chapters.Select(c => c.From), Is.Ordered.And.All.LessThan(film.Seconds), film.Key);
            Assert.That(film.ArtworkAt, Is.LessThan(film.Seconds), film.Key);
        }
    }

    [TestCase("vesper-bay", 1, 2, 0, "24/1")]
    [TestCase("nine-hours", 1, 1, 3, "30000/1001")]
    [TestCase("slow-light", 2, 1, 0, "25/1")]
    public async Task A_film_comes_out_with_the_tracks_it_was_written_with(string key, int sounds, int subtitles, int chapters, string rate)
    {
        var film = DemoFilms.All.Single(f => f.Key == key) with { Seconds = 3, ArtworkAt = 2, Chapters = chapters == 0 ? [] : [new(0, "a"), new(1, "b"), new(2, "c")] };
        var made = await new FilmSynthesizer(Clips.Options).MakeAsync(film, _clips.Folder, CancellationToken.None);
        Assert.That(made.Error, Is.Null);

        var source = await Clips.ProbeAsync(made.Value.Path);
        Assert.That((source.Audio.Count, source.TextSubtitles.Count, source.Chapters.Count), Is.EqualTo((sounds, subtitles, chapters)));
        Assert.That(source.Video.FrameRate.ToString(), Is.EqualTo(rate));
        Assert.That(source.Video.Duration.TotalSeconds, Is.EqualTo(3).Within(0.05));
        var size = await FfmpegProcess.RunAsync(
            "ffprobe", ["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", made.Value.ArtworkPath], CancellationToken.None);
        Assert.That(size.Value.Output.Trim(), Is.EqualTo("1280,720"));
        Assert.That(Directory.GetFiles(_clips.Folder), Has.Length.EqualTo(2), "nothing else is left behind");
    }

    [Test]
    public async Task Artwork_is_a_picture_and_not_a_plain_colour()
    {
        var film = DemoFilms.All[0] with { Seconds = 2 };
        var made = await new FilmSynthesizer(Clips.Options).MakeAsync(film, _clips.Folder, CancellationToken.None);
        var run = await FfmpegProcess.RunAsync(
            "ffmpeg", ["-nostdin", "-v", "error", "-i", made.Value.ArtworkPath, "-vf", "signalstats,metadata=print:file=-", "-f", "null", "-"], CancellationToken.None);
        double Of(string name) => double.Parse(run.Value.Output.Split($"signalstats.{name}=")[1].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(Of("YHIGH") - Of("YLOW"), Is.GreaterThan(60), "light and dark");
        Assert.That(Of("YAVG"), Is.InRange(40, 200));
    }
}
