using FsCheck.Fluent;
using Streaming.Catalog;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.InOneProcess))]
internal sealed class BrowseTests(Engine engine, DialMode dial)
{
    private TitlesHost _titles = null!;

    [OneTimeSetUp]
    public async Task Start() => _titles = await TitlesHost.Start(engine, dial);

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_titles is not null) await _titles.DisposeAsync();
    }

    [TestCase("name")]
    [TestCase("newest")]
    public async Task Paging_meets_every_title_once_whatever_is_added_meanwhile(string sort)
    {
        var law = Gen.ArrayOf(Gen.Elements("A", "a", "Ä", "Z", "9", "zz top")).Where(n => n.Length is > 0 and < 8).Sample(6);
        foreach (var (names, round) in law.Select((names, i) => (names, i)))
        {
            var genre = $"{sort} {round}";
            var there = new List<Guid>();
            foreach (var name in names)
            {
                _titles.Host.Clock.Advance(TimeSpan.FromMilliseconds(1));
                there.Add(await _titles.Draft(Content(name, 0, genre), playable: false));
            }

            var met = new List<TitleCard>();
            for (string? after = null; ;)
            {
                var page = (await _titles.Host.Send(new BrowseTitles(genre, Limit: 2, After: after, Sort: sort), Publisher)).Value;
                met.AddRange(page.Items);
                if ((after = page.Next) is null) break;
                _titles.Host.Clock.Advance(TimeSpan.FromMilliseconds(1));
                await _titles.Draft(Content(names[0], 0, genre), playable: false);
                if (met.Count > 50) Assert.Fail("The pages do not end.");
            }

            Assert.That(met.Select(t => t.Id), Is.Unique);
            Assert.That(met.Select(t => t.Id), Is.SupersetOf(there));
            if (sort == "name") Assert.That(met.Select(t => FoldedText.Of(t.Name)), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
            else Assert.That(met.Select(t => t.Id).Where(there.Contains), Is.EqualTo(Enumerable.Reverse(there)));
        }
    }

    [TestCase("amelie")]
    [TestCase("ÉLI")]
    [TestCase("  fabuleux ")]
    public async Task A_part_of_a_name_is_found_without_case_and_accents(string search)
    {
        var id = await _titles.Draft(Content($"Le fabuleux destin d'Amélie ({search.Trim()})"));
        Assert.That((await _titles.Host.Send(new BrowseTitles(Search: search), Publisher)).Value.Items.Select(t => t.Id), Does.Contain(id));
    }

    [TestCase("100%")]
    [TestCase("a_b")]
    [TestCase("it's")]
    [TestCase("[x]\\")]
    public async Task Signs_in_a_search_mean_themselves(string search)
    {
        var id = await _titles.Draft(Content($"<{search}>"));
        await _titles.Draft(Content("100 aXb its x"));
        Assert.That((await _titles.Host.Send(new BrowseTitles(Search: search), Publisher)).Value.Items.Select(t => t.Id), Is.EqualTo([id]));
    }

    [Test]
    public async Task Cards_come_in_the_order_asked_for()
    {
        var one = await _titles.Draft(Content("1"));
        var two = await _titles.Draft(Content("2"));
        var cards = (await _titles.Host.Send(new GetTitles([two, Guid.CreateVersion7(), one, two]), Publisher)).Value.Items;
        Assert.That(cards.Select(t => t.Id), Is.EqualTo([two, one]));
        Assert.That(cards, Is.All.Matches<TitleCard>(t => t is { Playable: true, DurationSeconds: 60, Artwork: null, State: "draft" }));
    }

    [Test]
    public async Task A_series_without_artwork_shows_its_first_episode_that_the_viewer_may_see_and_has_a_picture()
    {
        var series = await _titles.Published(Content("Pictured tale", 7), TitleKinds.Series);
        async Task<Guid> Episode(int number, string? poster, int maturity = 7, bool published = true)
        {
            var (content, place) = (Content($"Pictured tale {number}", maturity), new EpisodePlace(series, 1, number));
            var id = published ? await _titles.Published(content, TitleKinds.Episode, place) : await _titles.Draft(content, TitleKinds.Episode, place);
            if (poster is not null) await _titles.UsePoster(id, poster);
            return id;
        }

        async Task<string?> Shown(Caller caller) => (await _titles.Host.Send(new GetTitles([series]), caller)).Value.Items.Single().Artwork;
        var mild = await Episode(4, "dd");
        Assert.That(await Shown(Viewer(7)), Is.EqualTo($"/artwork/{mild}/dd.jpg"));
        var harsh = await Episode(3, "cc", maturity: 16);
        await Episode(2, null);
        await Episode(1, "aa", published: false);

        Assert.That(await Shown(Viewer(7)), Is.EqualTo($"/artwork/{mild}/dd.jpg"));
        Assert.That(await Shown(Viewer(18)), Is.EqualTo($"/artwork/{harsh}/cc.jpg"));
        Assert.That(await Shown(Publisher), Is.EqualTo($"/artwork/{harsh}/cc.jpg"), "a draft lends no picture");
        await _titles.UsePoster(series, "ee");
        Assert.That(await Shown(Viewer(18)), Is.EqualTo($"/artwork/{series}/ee.jpg"));
    }

    [Test]
    public async Task Wrong_questions_name_the_field()
    {
        async Task<IEnumerable<string>?> Fields(BrowseTitles browse) => (await _titles.Host.Send(browse, Publisher)).Error?.Fields?.Keys;
        Assert.That(await Fields(new BrowseTitles(Limit: 0)), Is.EqualTo(["limit"]));
        Assert.That(await Fields(new BrowseTitles(Limit: 101)), Is.EqualTo(["limit"]));
        Assert.That(await Fields(new BrowseTitles(Kind: "movie", State: "gone", Sort: "size")), Is.EquivalentTo(["kind", "state", "sort"]));
        Assert.That(await Fields(new BrowseTitles(After: "nonsense!")), Is.EqualTo(["after"]));
        Assert.That((await _titles.Host.Send(new GetTitles([.. Enumerable.Range(0, 201).Select(_ => Guid.CreateVersion7())]), Publisher)).Error?.Fields?.Keys, Is.EqualTo(["ids"]));
    }

    [Test]
    public async Task Questions_cost_a_fixed_number_of_commands()
    {
        var series = await _titles.Published(Content("Counted", 0, "counted"), TitleKinds.Series);
        var ids = new List<Guid> { series };
        for (var i = 1; i <= 5; i++) ids.Add(await _titles.Published(Content($"Counted {i}", 0, "counted"), TitleKinds.Episode, new EpisodePlace(series, 1, i)));
        var film = await _titles.Published(Content("Counted film", 0, "counted"));

        // In a round trip every question is asked twice.
        var times = dial == DialMode.RoundTrip ? 2 : 1;
        async Task<double> Commands<T>(IQuery<T> query, Caller caller) => (double)await _titles.Sql.Count(async () =>
            Assert.That((await _titles.Host.Send(query, caller)).Error, Is.Null)) / times;
        Assert.That(await Commands(new BrowseTitles(Genre: "counted", Limit: 100), Publisher), Is.EqualTo(1));
        Assert.That(await Commands(new GetTitles(ids), Publisher), Is.EqualTo(1));
        Assert.That(await Commands(new GetGenres(), Publisher), Is.EqualTo(1));
        Assert.That(await Commands(new GetTitle(series), Publisher), Is.EqualTo(2));
        Assert.That(await Commands(new GetTitle(film), Publisher), Is.EqualTo(3));

        // What is encoded still, as all of these are, is read at each asking: titles, both kinds of tracks, and episodes of series.
        Assert.That(await Commands(new GetTitles(ids), Viewer(18)), Is.LessThanOrEqualTo(4));
        Assert.That(await Commands(new GetTitle(film), Viewer(18)), Is.EqualTo(3));
    }
}
