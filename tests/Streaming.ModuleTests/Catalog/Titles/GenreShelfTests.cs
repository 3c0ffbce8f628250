using Streaming.Catalog;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class GenreShelfTests(Engine engine, DialMode dial)
{
    private TitlesHost _titles = null!;

    [OneTimeSetUp]
    public async Task Start() => _titles = await TitlesHost.Start(engine, dial);

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_titles is not null) await _titles.DisposeAsync();
    }

    [Test]
    public async Task Each_genre_has_its_newest_published_films_and_series()
    {
        var old = await Later(Content("Old", 0, "one"));
        var both = await Later(Content("Both", 0, "one", "two"));
        var series = await Later(Content("Series", 0, "two"), TitleKinds.Series);
        await Later(Content("Episode", 0, "two"), TitleKinds.Episode, new EpisodePlace(series, 1, 1));
        var young = await Later(Content("Young", 0, "one"));
        await _titles.Draft(Content("Draft", 0, "one"));

        foreach (var caller in new[] { Viewer(18), Publisher })
        {
            var shelves = await Shelves(caller, 2, "two", "none", "one");
            Assert.That(shelves.Select(s => s.Genre), Is.EqualTo(["two", "none", "one"]));
            Assert.That(shelves[0].Titles, Is.EqualTo([new ShelvedTitle(series, TitleKinds.Series), new ShelvedTitle(both, TitleKinds.Film)]));
            Assert.That(shelves[1].Titles, Is.Empty);
            Assert.That(shelves[2].Titles.Select(t => t.Id), Is.EqualTo([young, both]));
        }

        Assert.That((await Shelves(Viewer(18), 3, "one"))[0].Titles[^1].Id, Is.EqualTo(old));
    }

    [Test]
    public async Task What_a_caller_may_not_see_is_on_no_shelf()
    {
        var calm = await Later(Content("Calm", 7, "screened"));
        var wild = await Later(Content("Wild", 16, "screened"));
        await Later(Content("Coming", 0, "screened") with { AvailableFrom = _titles.Host.Clock.GetUtcNow().AddDays(1) });
        await Later(Content("Gone", 0, "screened") with { AvailableUntil = _titles.Host.Clock.GetUtcNow().AddMilliseconds(1) });
        await Later(Content("Without episodes", 0, "screened"), TitleKinds.Series);

        Assert.That((await Shelves(Viewer(16), 10, "screened"))[0].Titles.Select(t => t.Id), Is.EqualTo([wild, calm]));
        Assert.That((await Shelves(Viewer(13), 10, "screened"))[0].Titles.Select(t => t.Id), Is.EqualTo([calm]));
        Assert.That((await Shelves(Viewer(0), 10, "screened"))[0].Titles, Is.Empty);
    }

    [Test]
    public async Task Wrong_questions_name_the_field()
    {
        async Task<IEnumerable<string>?> Fields(GetGenreShelves asked) => (await _titles.Host.Send(asked, Publisher)).Error?.Fields?.Keys;
        Assert.That(await Fields(new GetGenreShelves([], 1)), Is.EqualTo(["genres"]));
        Assert.That(await Fields(new GetGenreShelves(["same", "same"], 1)), Is.EqualTo(["genres"]));
        Assert.That(await Fields(new GetGenreShelves([.. Enumerable.Range(0, 21).Select(i => $"{i}")], 1)), Is.EqualTo(["genres"]));
        Assert.That(await Fields(new GetGenreShelves([new string('x', 41)], 1)), Is.EqualTo(["genres[0]"]));
        Assert.That(await Fields(new GetGenreShelves(["one"], 0)), Is.EqualTo(["limit"]));
        Assert.That(await Fields(new GetGenreShelves(["one"], 101)), Is.EqualTo(["limit"]));
    }

    private async Task<Guid> Later(TitleContent content, string kind = TitleKinds.Film, EpisodePlace? place = null)
    {
        _titles.Host.Clock.Advance(TimeSpan.FromMilliseconds(5));
        return await _titles.Published(content, kind, place);
    }

    private async Task<IReadOnlyList<GenreShelf>> Shelves(Caller caller, int limit, params string[] genres) =>
        (await _titles.Host.Send(new GetGenreShelves(genres, limit), caller)).Value.Items;
}
