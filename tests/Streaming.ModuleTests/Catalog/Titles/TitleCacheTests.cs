using Microsoft.EntityFrameworkCore;
using Streaming.Catalog;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

/// <summary>Titles that are kept: answered without the database, and never as they were before a change that has been answered.</summary>
[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.InOneProcess))]
internal sealed class TitleCacheTests(Engine engine, DialMode dial)
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
    public async Task Pages_that_show_the_same_titles_ask_the_database_once_for_each_of_them_whoever_looks()
    {
        var series = await _titles.Whole(Content("Kept", 0, "kept"), TitleKinds.Series);
        var ids = new List<Guid> { series };
        for (var i = 1; i <= 6; i++) ids.Add(await _titles.Whole(Content($"Kept {i}", 7, "kept"), TitleKinds.Episode, new EpisodePlace(series, 1, i)));
        for (var i = 1; i <= 6; i++) ids.Add(await _titles.Whole(Content($"Kept film {i}", 7, "kept")));
        foreach (var viewer in new[] { Viewer(7), Viewer(18) }) await Ask(viewer, ids, series);

        var before = Use("catalog:title");
        Assert.That(await _titles.Sql.Count(async () =>
        {
            foreach (var viewer in new[] { Viewer(7), Viewer(18), Viewer(7, "operator") }) await Ask(viewer, [.. ids.AsEnumerable().Reverse()], series);
        }), Is.Zero);
        var after = Use("catalog:title");
        Assert.That(after.Misses - before.Misses, Is.Zero);
        Assert.That(after.LocalHits - before.LocalHits, Is.GreaterThan(60));
        foreach (var use in new[] { "catalog:browse", "catalog:genres", "catalog:shelf" }) Assert.That(Use(use).LocalHits, Is.GreaterThan(0), use);
    }

    [Test]
    public async Task What_a_publisher_has_done_viewers_of_the_same_host_see_at_once()
    {
        var viewer = Viewer(18);
        var film = await _titles.Draft(Content("Before", 0, "moving"), playable: false);
        await _titles.Attach(film, segments: 2, complete: true);
        Assert.That((await _titles.Host.Send(new GetTitle(film), viewer)).IsError);
        Assert.That(await _titles.Sql.Count(() => _titles.Host.Send(new GetTitle(film), viewer)), Is.Zero, "that it is not published is known as well");
        await _titles.Publish(film);
        Assert.That((await _titles.See(film, viewer)).Card.Name, Is.EqualTo("Before"));
        Assert.That(await Browsed("moving", viewer), Is.EqualTo([film]));

        await _titles.Edit(film, null, Content("After", 0, "moved"));
        Assert.That((await _titles.See(film, viewer)).Card.Name, Is.EqualTo("Before"), "viewers see what was published");
        Assert.That((await _titles.See(film, Publisher)).Card.Name, Is.EqualTo("After"), "who wrote it sees what was written");
        await _titles.Publish(film);
        Assert.That((await _titles.See(film, viewer)).Card.Name, Is.EqualTo("After"));
        Assert.That(await Browsed("moving", viewer), Is.Empty);
        Assert.That(await Browsed("moved", viewer), Is.EqualTo([film]));

        await _titles.UsePoster(film, "ab");
        Assert.That((await _titles.See(film, viewer)).Card.Artwork, Is.EqualTo($"/artwork/{film}/ab.jpg"));
        await _titles.Attach(film, segments: 2, complete: true);
        var asset = (await _titles.Host.Send(new GetPlayable(film), viewer)).Value.AssetId;
        Assert.That(asset, Is.EqualTo((await _titles.Host.Send(new GetPlayable(film), Publisher)).Value.AssetId));

        await _titles.Unpublish(film);
        Assert.That((await _titles.Host.Send(new GetTitle(film), viewer)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _titles.Host.Send(new GetPlayable(film), viewer)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _titles.Host.Send(new GetTitles([film]), viewer)).Value.Items, Is.Empty);
        Assert.That(await Browsed("moved", viewer), Is.Empty);
    }

    [Test]
    public async Task An_episode_that_comes_and_goes_is_seen_in_its_series_at_once()
    {
        var viewer = Viewer(18);
        var series = await _titles.Whole(Content("Serial", 0), TitleKinds.Series);
        var first = await _titles.Whole(Content("One", 0), TitleKinds.Episode, new EpisodePlace(series, 1, 1));
        await _titles.UsePoster(first, "aa");
        Assert.That((await _titles.See(series, viewer)).Episodes.Select(e => e.Id), Is.EqualTo([first]));
        Assert.That((await _titles.Host.Send(new GetPlayable(first), viewer)).Value.NextTitleId, Is.Null);

        var second = await _titles.Whole(Content("Two", 0), TitleKinds.Episode, new EpisodePlace(series, 1, 2));
        Assert.That((await _titles.See(series, viewer)).Episodes.Select(e => e.Id), Is.EqualTo([first, second]));
        var next = (await _titles.Host.Send(new GetPlayable(first), viewer)).Value;
        Assert.That((next.NextTitleId, next.NextName), Is.EqualTo((second, "S1 E2 · Two")));
        Assert.That((await _titles.See(series, viewer)).Card.Artwork, Is.EqualTo($"/artwork/{first}/aa.jpg"));

        await _titles.Unpublish(first);
        Assert.That((await _titles.See(series, viewer)).Card.Artwork, Is.Null);
        await _titles.Unpublish(series);
        Assert.That((await _titles.Host.Send(new GetTitle(second), viewer)).IsError);
    }

    [Test]
    public async Task What_was_being_read_when_a_title_was_hidden_is_not_kept()
    {
        var film = await _titles.Whole(Content("Hidden meanwhile", 0));
        var (reading, hidden) = (new TaskCompletionSource(), new TaskCompletionSource());
        _titles.Sql.Before = command =>
        {
            // By its second question the title has been read.
            if (!command.CommandText.Contains("rendition", StringComparison.Ordinal) || command.CommandText.Contains("title_metadata", StringComparison.Ordinal)) return Task.CompletedTask;
            _titles.Sql.Before = null;
            reading.SetResult();
            return hidden.Task;
        };
        var early = Task.Run(() => _titles.Host.Send(new GetTitle(film), Viewer(18)));
        await reading.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await _titles.Unpublish(film);
        Assert.That((await _titles.Host.Send(new GetTitle(film), Viewer(18))).IsError, "not even while the other is still being read");
        hidden.SetResult();
        await early;
        Assert.That((await _titles.Host.Send(new GetTitle(film), Viewer(18))).IsError);
    }

    [Test]
    public async Task A_window_is_kept_to_the_second_in_titles_and_in_lists()
    {
        var (clock, viewer) = (_titles.Host.Clock, Viewer(18));
        var now = clock.GetUtcNow();
        var always = await _titles.Whole(Content("Always", 0, "windows"));
        var film = await _titles.Whole(Content("Window", 0, "windows") with { AvailableFrom = now.AddSeconds(10), AvailableUntil = now.AddSeconds(20) });
        async Task<(bool, bool, bool, int)> Seen() => (
            !(await _titles.Host.Send(new GetTitle(film), viewer)).IsError,
            (await Browsed("windows", viewer)).Contains(film),
            (await _titles.Host.Send(new GetGenreShelves(["windows"], 10), viewer)).Value.Items[0].Titles.Any(t => t.Id == film),
            (await _titles.Host.Send(new GetGenres(), viewer)).Value.Items.Single(g => g.Genre == "windows").Titles);

        Assert.That(await Seen(), Is.EqualTo((false, false, false, 1)));
        clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.That(await Seen(), Is.EqualTo((false, false, false, 1)));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await Seen(), Is.EqualTo((true, true, true, 2)));
        clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.That(await Seen(), Is.EqualTo((true, true, true, 2)));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await Seen(), Is.EqualTo((false, false, false, 1)));
        Assert.That((await _titles.See(always, viewer)).Card.Name, Is.EqualTo("Always"));
    }

    [Test]
    public async Task Events_of_the_outbox_make_it_forget_once_more()
    {
        var film = await _titles.Whole(Content("Told twice", 0));
        await _titles.See(film, Viewer(18));
        // As if the process had ended between the commit and its forgetting.
        await _titles.Host.With<CatalogDbContext, int>(db => db.Titles.IgnoreQueryFilters().Where(t => t.Id == film)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.PublishedVersion, (int?)null)));
        Assert.That((await _titles.Host.Send(new GetTitle(film), Viewer(18))).IsError, Is.False);
        await _titles.Host.With<CatalogDbContext, int>(async db =>
        {
            db.Outbox.Add(new TitleUnpublished(film), _titles.Host.Clock.GetUtcNow());
            return await db.SaveChangesAsync();
        });
        await _titles.Host.DeliverEvents();
        Assert.That((await _titles.Host.Send(new GetTitle(film), Viewer(18))).IsError);
    }

    private async Task Ask(Caller viewer, List<Guid> ids, Guid series)
    {
        Assert.That((await _titles.Host.Send(new GetTitles(ids), viewer)).Value.Items.Select(t => t.Id), Is.EqualTo(ids));
        Assert.That((await _titles.See(series, viewer)).Episodes, Has.Count.EqualTo(6));
        Assert.That((await _titles.Host.Send(new GetPlayable(ids.First(id => id != series)), viewer)).Error, Is.Null);
        Assert.That(await Browsed("kept", viewer), Has.Count.EqualTo(7));
        Assert.That((await _titles.Host.Send(new GetGenres(), viewer)).Value.Items.Single(g => g.Genre == "kept").Titles, Is.EqualTo(7));
        Assert.That((await _titles.Host.Send(new GetGenreShelves(["kept"], 10), viewer)).Value.Items[0].Titles, Has.Count.EqualTo(7));
    }

    private async Task<List<Guid>> Browsed(string genre, Caller viewer) =>
        [.. (await _titles.Host.Send(new BrowseTitles(Genre: genre), viewer)).Value.Items.Select(t => t.Id)];

    private CacheUseReport Use(string name) => _titles.Use(name);
}
