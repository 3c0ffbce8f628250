using Streaming.Catalog;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class VisibilityTests(Engine engine, DialMode dial)
{
    private TitlesHost _titles = null!;
    private Guid _child, _adult, _draft, _series, _mild, _harsh;

    [OneTimeSetUp]
    public async Task Start()
    {
        _titles = await TitlesHost.Start(engine, dial);
        _child = await _titles.Published(Content("Bunny tale", 7, "family", "night"));
        _adult = await _titles.Published(Content("Night tale", 18, "thriller", "night"));
        _draft = await _titles.Draft(Content("Unfinished tale", 0, "night", "unseen"));
        _series = await _titles.Published(Content("Serial tale", 7, "serial"), TitleKinds.Series);
        _mild = await _titles.Published(Content("Mild tale", 7), TitleKinds.Episode, new EpisodePlace(_series, 1, 1));
        _harsh = await _titles.Published(Content("Harsh tale", 16), TitleKinds.Episode, new EpisodePlace(_series, 1, 2));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_titles is not null) await _titles.DisposeAsync();
    }

    [Test]
    public async Task A_limited_viewer_sees_nothing_above_the_limit_anywhere()
    {
        var child = Viewer(7);
        async Task<IEnumerable<Guid>> Browse(BrowseTitles browse) => (await _titles.Host.Send(browse, child)).Value.Items.Select(t => t.Id);

        Assert.That(await Browse(new BrowseTitles()), Is.EquivalentTo([_child, _series]));
        Assert.That(await Browse(new BrowseTitles(Search: "tale")), Is.EquivalentTo([_child, _series]));
        Assert.That(await Browse(new BrowseTitles(Genre: "night")), Is.EqualTo([_child]));
        Assert.That(await Browse(new BrowseTitles(Kind: TitleKinds.Episode)), Is.EqualTo([_mild]));
        Assert.That(await Browse(new BrowseTitles(State: "draft")), Is.Empty);
        Assert.That((await _titles.Host.Send(new GetGenres(), child)).Value.Items, Is.EquivalentTo(
            [new GenreCount("family", 1), new GenreCount("night", 1), new GenreCount("serial", 1)]));
        Assert.That((await _titles.Host.Send(new GetTitles([_adult, _mild, _draft, _harsh, _child]), child)).Value.Items.Select(t => t.Id), Is.EqualTo([_mild, _child]));
        Assert.That((await _titles.See(_series, child)).Episodes.Select(t => t.Id), Is.EqualTo([_mild]));
        foreach (var hidden in new[] { _adult, _draft, _harsh })
            Assert.That((await _titles.Host.Send(new GetTitle(hidden), child)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
    }

    [Test]
    public async Task An_adult_sees_all_that_is_published()
    {
        var seen = (await _titles.Host.Send(new GetTitles([_child, _adult, _draft, _series, _mild, _harsh]), Viewer(18))).Value.Items;
        Assert.That(seen.Select(t => t.Id), Is.EqualTo([_child, _adult, _series, _mild, _harsh]));
    }

    [Test]
    public async Task Somebody_without_a_profile_sees_only_what_is_fit_for_everybody() =>
        Assert.That((await _titles.Host.Send(new BrowseTitles(), Caller.Anonymous)).Value.Items, Is.Empty);

    [Test]
    public async Task Publishers_see_drafts() =>
        Assert.That((await _titles.Host.Send(new BrowseTitles(State: "draft", Search: "tale"), Publisher)).Value.Items.Select(t => t.Id), Is.EqualTo([_draft]));

    [Test]
    public async Task A_childs_profile_is_limited_also_in_the_account_of_an_operator()
    {
        var child = Viewer(7, Roles.Publisher, Roles.Operator);
        Assert.That((await _titles.Host.Send(new BrowseTitles(), child)).Value.Items.Select(t => t.Id), Is.EquivalentTo([_child, _series]));
        Assert.That((await _titles.Edit(_adult, null, Content("x"))).IsError, Is.False);
        Assert.That((await _titles.Host.Send(new EditTitle.Command(_adult, null, Content("y")), child)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
    }

    [Test]
    public async Task The_rows_behind_playlists_are_told_to_the_system_only()
    {
        var asset = (await _titles.Host.Send(new GetPlayable(_child), Viewer(18))).Value.AssetId;
        async Task<string?> Refusal(Caller caller) => (await _titles.Host.Send(new GetPresentation(asset, 1), caller)).Error?.Code;

        Assert.That(await Refusal(Caller.Anonymous), Is.EqualTo(Error.SignInRequired));
        Assert.That(await Refusal(Viewer(18, Roles.Operator)), Is.EqualTo("role-required"));
        Assert.That(await Refusal(Caller.System), Is.Null);
    }

    [Test]
    public async Task A_title_is_there_only_in_its_window()
    {
        var clock = _titles.Host.Clock;
        var id = await _titles.Published(Content("Christmas", 0) with { AvailableFrom = clock.GetUtcNow().AddHours(1), AvailableUntil = clock.GetUtcNow().AddHours(2) });
        async Task<bool> Seen() => !(await _titles.Host.Send(new GetTitle(id), Viewer(0))).IsError;

        Assert.That(await Seen(), Is.False);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(await Seen(), Is.True);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(await Seen(), Is.False);
        Assert.That((await _titles.Host.Send(new GetTitle(id), Publisher)).IsError, Is.False);
    }

    [Test]
    public async Task An_episode_hides_with_its_series_and_a_series_without_episodes_to_watch_is_not_there()
    {
        var series = await _titles.Published(Content("Empty", 13), TitleKinds.Series);
        Assert.That((await _titles.Host.Send(new GetTitle(series), Viewer(18))).IsError, Is.True);

        var episode = await _titles.Published(Content("First", 0), TitleKinds.Episode, new EpisodePlace(series, 1, 1));
        Assert.That((await _titles.Host.Send(new GetTitle(series), Viewer(18))).IsError, Is.False);
        Assert.That((await _titles.Host.Send(new GetTitle(episode), Viewer(7))).IsError, Is.True);

        await _titles.Host.Send(new UnpublishTitle.Command(Guid.CreateVersion7(), series, null), Publisher);
        Assert.That((await _titles.Host.Send(new GetTitle(episode), Viewer(18))).IsError, Is.True);
    }
}
