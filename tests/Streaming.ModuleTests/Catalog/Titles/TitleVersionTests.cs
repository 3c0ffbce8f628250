using Microsoft.EntityFrameworkCore;
using Streaming.Catalog;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Outbox;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class TitleVersionTests(Engine engine, DialMode dial)
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
    public async Task Every_edit_is_a_new_version_and_the_history_says_what_changed()
    {
        var id = await _titles.Draft(Content("One", 0, "drama"));
        await _titles.Edit(id, 1, Content("Two", 0, "drama", "history"));
        await _titles.Edit(id, 2, Content("Two", 0, "drama", "history") with { Year = 1999, Cast = ["Ada"], AvailableFrom = _titles.Host.Clock.GetUtcNow() });

        var history = (await _titles.Host.Send(new GetTitleHistory(id), Publisher)).Value.Items;

        Assert.That(history.Select(v => v.Version), Is.EqualTo([3, 2, 1]));
        Assert.That(history[0].Changed, Is.EqualTo(["year", "cast", "availableFrom"]));
        Assert.That(history[1].Changed, Is.EqualTo(["name", "genres"]));
        Assert.That(history[2].Changed, Is.Empty);
        Assert.That(history[2], Has.Property(nameof(TitleVersion.Name)).EqualTo("One").And.Property(nameof(TitleVersion.By)).EqualTo(Publisher.Subject));
    }

    [Test]
    public async Task An_edit_that_changes_nothing_makes_no_version()
    {
        var id = await _titles.Draft(Content("Same", 0, "drama"));
        Assert.That((await _titles.Edit(id, 1, Content("Same", 0, "drama"))).Value.Version, Is.EqualTo(1));
    }

    [Test]
    public async Task An_edit_of_an_older_version_is_refused_and_says_which_is_current()
    {
        var id = await _titles.Draft(Content("One"));
        await _titles.Edit(id, 1, Content("Two"));

        var stale = await _titles.Edit(id, 1, Content("Mine"));

        Assert.That(stale.Error?.Code, Is.EqualTo(Error.StaleVersion));
        Assert.That(stale.Error?.Details?["currentVersion"], Is.EqualTo("2"));
    }

    [Test]
    public async Task Of_two_edits_at_once_one_wins()
    {
        var id = await _titles.Draft(Content("One"));

        var edits = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => _titles.Edit(id, 1, Content($"By {i}")))));

        Assert.That(edits.Count(e => !e.IsError), Is.EqualTo(1));
        Assert.That(edits.Where(e => e.IsError).Select(e => e.Error!.Code), Is.All.EqualTo(Error.StaleVersion));
        Assert.That((await _titles.See(id, Publisher)).Version, Is.EqualTo(2));
    }

    [Test]
    public async Task Saving_over_a_version_written_meanwhile_is_refused()
    {
        var id = await _titles.Draft(Content("One"));

        var error = await _titles.Host.With<CatalogDbContext, Error?>(async db =>
        {
            var title = await db.TitleForWriting(id, CancellationToken.None);
            await _titles.Edit(id, 1, Content("Theirs"));
            title!.Edit(1, Content("Mine"), _titles.Host.Clock.GetUtcNow(), null);
            return await db.SaveEdit(id, CancellationToken.None);
        });

        Assert.That(error?.Details?["currentVersion"], Is.EqualTo("2"));
    }

    [Test]
    public async Task Viewers_see_the_published_version_until_the_next_is_published()
    {
        var id = await _titles.Published(Content("Old", 0, "western"));
        await _titles.Edit(id, 1, Content("New", 16, "musical") with { AvailableUntil = _titles.Host.Clock.GetUtcNow().AddYears(-1) });

        Assert.That((await _titles.See(id, Viewer(7))).Card.Name, Is.EqualTo("Old"));
        Assert.That((await _titles.Host.Send(new BrowseTitles(Genre: "western"), Viewer(7))).Value.Items.Select(t => t.Name), Is.EqualTo(["Old"]));
        Assert.That((await _titles.Host.Send(new BrowseTitles(Genre: "musical"), Viewer(18))).Value.Items, Is.Empty);
        var edited = await _titles.See(id, Publisher);
        Assert.That((edited.Card.Name, edited.Version, edited.PublishedVersion), Is.EqualTo(("New", 2, 1)));

        await _titles.Edit(id, 2, Content("New", 16, "musical"));
        await _titles.Publish(id, 3);

        Assert.That((await _titles.Host.Send(new GetTitle(id), Viewer(7))).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _titles.See(id, Viewer(16))).Card, Has.Property(nameof(TitleCard.Name)).EqualTo("New"));
        Assert.That((await _titles.Host.Send(new BrowseTitles(Genre: "musical"), Viewer(18))).Value.Items.Select(t => t.Name), Is.EqualTo(["New"]));
    }

    [TestCase(0, false)]
    [TestCase(1, false)]
    [TestCase(2, true)]
    public async Task A_film_is_publishable_from_its_second_segment(int segments, bool publishable)
    {
        var id = await _titles.Draft(Content("Film"), playable: false);
        await _titles.Attach(id, segments);

        var published = await _titles.Publish(id);

        Assert.That(published.Error?.Code, Is.EqualTo(publishable ? null : "catalog:not-publishable"));
        Assert.That((await _titles.See(id, Publisher)).Card.Playable, Is.EqualTo(publishable));
    }

    [Test]
    public async Task A_film_of_one_segment_is_publishable_once_complete()
    {
        var id = await _titles.Draft(Content("Short"), playable: false);
        Assert.That((await _titles.Publish(id)).Error?.Code, Is.EqualTo("catalog:not-publishable"));
        await _titles.Attach(id, segments: 1, complete: true);
        Assert.That((await _titles.Publish(id)).Error, Is.Null);
    }

    [Test]
    public async Task A_stale_publish_is_refused()
    {
        var id = await _titles.Draft(Content("One"));
        await _titles.Edit(id, 1, Content("Two"));
        Assert.That((await _titles.Publish(id, 1)).Error?.Code, Is.EqualTo(Error.StaleVersion));
    }

    [Test]
    public async Task Publishing_and_hiding_are_told_once_each()
    {
        var id = await _titles.Draft(Content("News"));
        await _titles.Publish(id);
        await _titles.Publish(id);
        await _titles.Host.Send(new UnpublishTitle.Command(Guid.CreateVersion7(), id, null), Publisher);
        await _titles.Host.Send(new UnpublishTitle.Command(Guid.CreateVersion7(), id, null), Publisher);

        var told = await _titles.Host.With<CatalogDbContext, List<string>>(db =>
            db.Set<OutboxMessage>().Where(m => m.Body.Contains(id.ToString())).OrderBy(m => m.Id).Select(m => m.Type).ToListAsync());

        Assert.That(told, Is.EquivalentTo([typeof(TitlePublished).FullName, typeof(TitleUnpublished).FullName]));
        Assert.That((await _titles.Host.Send(new GetTitle(id), Viewer(18))).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
    }

    [Test]
    public async Task The_same_order_twice_makes_one_title()
    {
        var order = new CreateTitle.Command(Guid.CreateVersion7(), TitleKinds.Film, null, Content("Once"));
        var first = await _titles.Host.Send(order, Publisher);
        Assert.That((await _titles.Host.Send(order, Publisher)).Value, Is.EqualTo(first.Value));
        Assert.That((await _titles.Host.Send(order with { Content = Content("Else") }, Publisher)).Error?.Code, Is.EqualTo("command-id-reused"));
    }

    [Test]
    public async Task An_episode_needs_a_series_and_a_place_of_its_own()
    {
        var series = await _titles.Draft(Content("Series"), TitleKinds.Series);
        var place = new EpisodePlace(series, 1, 1);
        await _titles.Draft(Content("Pilot"), TitleKinds.Episode, place);

        Task<Result<TitleRevision>> Make(string kind, EpisodePlace? at) =>
            _titles.Host.Send(new CreateTitle.Command(Guid.CreateVersion7(), kind, at, Content("Again")), Publisher);
        Assert.That((await Make(TitleKinds.Episode, place)).Error?.Code, Is.EqualTo("catalog:episode-exists"));
        Assert.That((await Make(TitleKinds.Episode, place with { SeriesId = Guid.CreateVersion7() })).Error?.Fields?.Keys, Is.EqualTo(["seriesId"]));
        Assert.That((await Make(TitleKinds.Episode, null)).Error?.Fields?.Keys, Is.EqualTo(["seriesId"]));
        Assert.That((await Make(TitleKinds.Film, place with { Episode = 2 })).Error?.Fields?.Keys, Is.EqualTo(["seriesId"]));
        Assert.That((await Make("trailer", null)).Error?.Fields?.Keys, Is.EqualTo(["kind"]));
    }

    [Test]
    public async Task Viewers_may_not_write()
    {
        var made = await _titles.Host.Send(new CreateTitle.Command(Guid.CreateVersion7(), TitleKinds.Film, null, Content("No")), Viewer(18));
        Assert.That(made.Error?.Kind, Is.EqualTo(ErrorKind.Forbidden));
        Assert.That((await _titles.Host.Send(new GetTitleHistory(Guid.CreateVersion7()), Caller.Anonymous)).Error?.Code, Is.EqualTo(Error.SignInRequired));
    }
}
