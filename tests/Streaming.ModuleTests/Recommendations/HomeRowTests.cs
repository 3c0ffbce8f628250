using MediatR;
using Streaming.Catalog;
using Streaming.Experiments;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Playback;
using Streaming.Recommendations;
using Streaming.Recommendations.Data;
using Streaming.Users;

namespace Streaming.ModuleTests.Recommendations;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.InOneProcess))]
internal sealed class HomeRowTests(Engine engine, DialMode dial)
{
    private static readonly TimeSpan _longerThanARowLives = TimeSpan.FromSeconds(34);
    private static readonly Guid _profile = Guid.CreateVersion7();

    private readonly FakeCatalog _catalog = new();
    private ModuleHost _host = null!;
    private TitleCard _calm = null!, _wild = null!, _series = null!, _pilot = null!, _second = null!, _draft = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _host = await ModuleHost.Start(engine, dial, [new RecommendationsModule()], _catalog.Register);
        _calm = _catalog.Add("Calm", ["nature", "drama"]);
        _wild = _catalog.Add("Wild", ["nature"], maturity: 16);
        _series = _catalog.Add("Series", ["nature", "drama"], TitleKinds.Series);
        _pilot = _catalog.Add("Pilot", [], TitleKinds.Episode, series: _series.Id);
        _second = _catalog.Add("Second", [], TitleKinds.Episode, series: _series.Id);
        _draft = _catalog.Add("Draft", ["nature"], state: "draft");
        _catalog.Add("Quiet", ["nature"]);
        foreach (var title in new[] { _calm, _wild, _series, _pilot, _second })
        {
            await Tell(new TitlePublished(title.Id, 1));
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await Watch(_calm, times: 3);
        await Watch(_wild, times: 5);
        await Watch(_pilot, times: 2);
        await Watch(_second, times: 2);
        await Watch(_draft, times: 9);
        await Tell(Watched(_wild) with { Started = false, WatchedSeconds = 3000 });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [SetUp]
    public void Forget()
    {
        _host.Clock.Advance(_longerThanARowLives);
        _catalog.Asked.Clear();
        _catalog.Subjects.Clear();
        _catalog.Answering = Task.CompletedTask;
        _catalog.Variant = "popular-first";
    }

    [Test]
    public async Task What_is_popular_comes_first_then_what_is_new_then_genres()
    {
        var rows = await Rows(Viewer(18));

        Assert.Multiple(() =>
        {
            Assert.That(rows.Select(r => r.Id), Is.EqualTo(new[] { "popular", "new", "genre:nature" }));
            Assert.That(rows.Select(r => r.Label), Is.EqualTo(new[] { "Popular now", "New on Streaming", "Nature" }));
            // Two episodes with two views each count four for their series.
            Assert.That(rows[0].TitleIds, Is.EqualTo(new[] { _wild.Id, _series.Id, _calm.Id }));
            Assert.That(rows[1].TitleIds, Is.EqualTo(new[] { _series.Id, _wild.Id, _calm.Id }));
            Assert.That(rows[2].TitleIds.Take(3), Is.EqualTo(new[] { _wild.Id, _series.Id, _calm.Id }));
            Assert.That(rows[2].TitleIds, Has.Count.EqualTo(4).And.Not.Contain(_draft.Id));
        });
    }

    [Test]
    public async Task A_profile_sees_nothing_above_its_limit_whoever_asked_just_before()
    {
        var grown = await Rows(Viewer(18));
        var child = await Rows(Viewer(7));
        var nobody = await Rows(Caller.Anonymous);
        var grownAgain = await Rows(Viewer(18));

        Assert.Multiple(() =>
        {
            Assert.That(grown.SelectMany(r => r.TitleIds), Does.Contain(_wild.Id));
            Assert.That(child.SelectMany(r => r.TitleIds), Does.Contain(_calm.Id).And.Not.Contain(_wild.Id));
            Assert.That(nobody.SelectMany(r => r.TitleIds), Does.Contain(_calm.Id).And.Not.Contain(_wild.Id));
            Assert.That(grownAgain.SelectMany(r => r.TitleIds), Does.Contain(_wild.Id));
        });
    }

    [Test]
    public async Task A_child_in_a_publishers_account_is_not_given_what_the_publisher_saw_before_choosing_a_profile()
    {
        var publisher = new Caller(Guid.CreateVersion7(), [Roles.Publisher], new Dictionary<string, string>());
        var all = await Rows(publisher);
        var child = await Rows(Viewer(ViewerCaller.StrictestMaturity, Roles.Publisher));

        Assert.Multiple(() =>
        {
            Assert.That(all.SelectMany(r => r.TitleIds), Does.Contain(_wild.Id));
            Assert.That(child.SelectMany(r => r.TitleIds), Does.Contain(_calm.Id).And.Not.Contain(_wild.Id));
        });
    }

    [Test]
    public async Task Publishers_are_shown_no_drafts_on_a_home_page() => Assert.That(
        (await Rows(Viewer(18, Roles.Publisher))).SelectMany(r => r.TitleIds), Does.Contain(_calm.Id).And.Not.Contain(_draft.Id));

    [Test]
    public async Task The_flag_of_the_profile_decides_the_order_also_from_the_cache()
    {
        await Rows(Viewer(18));
        _catalog.Variant = "new-first";
        var rows = await Rows(Viewer(18));

        Assert.Multiple(() =>
        {
            Assert.That(rows.Select(r => r.Id), Is.EqualTo(new[] { "new", "popular", "genre:nature" }));
            Assert.That(_catalog.Asked.OfType<GetAssignments>().Select(a => a.UnitId).Distinct(), Is.EqualTo(new[] { _profile.ToString() }));
        });
    }

    [Test]
    public async Task Without_experiments_the_page_keeps_its_usual_order()
    {
        _catalog.Variant = null;
        Assert.That((await Rows(Viewer(18)))[0].Id, Is.EqualTo("popular"));
    }

    [Test]
    public async Task The_catalogue_is_asked_in_batches_and_then_for_seconds_not_at_all()
    {
        await Rows(Viewer(18));
        var cold = _catalog.Asked.CountBy(a => a.GetType().Name).ToDictionary();
        await Rows(Viewer(18));
        var warm = _catalog.Asked.Count(a => a is not GetAssignments);
        _host.Clock.Advance(_longerThanARowLives);
        await Rows(Viewer(18));

        Assert.Multiple(() =>
        {
            Assert.That(cold[nameof(GetTitles)], Is.EqualTo(1));
            Assert.That(cold[nameof(GetGenres)], Is.EqualTo(1));
            Assert.That(cold[nameof(GetGenreShelves)], Is.EqualTo(1), "however many genres there are");
            Assert.That(warm, Is.EqualTo(3));
            Assert.That(_catalog.Asked.Count(a => a is not GetAssignments), Is.EqualTo(6));
        });
    }

    [Test]
    public async Task Past_its_soft_life_a_page_is_answered_as_it_is_and_gathered_anew_while_nobody_waits()
    {
        var before = await Rows(Viewer(18));
        _catalog.Asked.Clear();
        var later = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _catalog.Answering = later.Task;
        _host.Clock.Advance(TimeSpan.FromSeconds(6));
        var stale = await Rows(Viewer(18)).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(stale.Select(r => r.Id), Is.EqualTo(before.Select(r => r.Id)));
        for (var i = 0; i < 1000 && !Asked<GetTitles>(); i++) await Task.Delay(10);
        Assert.That(Asked<GetTitles>());
        later.SetResult();
    }

    [Test]
    public async Task Of_many_who_ask_at_once_one_gathers_the_rows_for_all()
    {
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _catalog.Answering = answering.Task;
        var all = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Rows(Viewer(18)))).ToArray();
        await Task.Delay(200);
        answering.SetResult();
        var rows = await Task.WhenAll(all);

        Assert.Multiple(() =>
        {
            Assert.That(rows.Select(r => r.Count), Is.All.EqualTo(3));
            Assert.That(_catalog.Asked.OfType<GetTitles>().Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Whoever_waits_with_somebody_who_gives_up_gets_the_rows()
    {
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _catalog.Answering = never.Task;
        using var stop = new CancellationTokenSource();
        var gone = _host.With<IMediator, Result<HomeRows>>(mediator => mediator.Send(new GetHomeRows(), stop.Token));
        while (!Asked<GetTitles>()) await Task.Delay(10);
        var waiting = _host.With<IMediator, Result<HomeRows>>(mediator => mediator.Send(new GetHomeRows()));
        await stop.CancelAsync();
        Assert.That(() => gone, Throws.InstanceOf<OperationCanceledException>());
        never.SetResult();

        Assert.That((await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Value.Rows, Is.Not.Empty);
    }

    [Test]
    public async Task Rows_are_as_long_as_asked_for()
    {
        var rows = await _host.Send(new GetHomeRows(Limit: 2), Viewer(18));
        Assert.Multiple(async () =>
        {
            Assert.That(rows.Value.Rows.Select(r => r.TitleIds.Count), Is.All.EqualTo(2));
            Assert.That((await _host.Send(new GetHomeRows(Limit: 0))).Error!.Fields!.Keys, Is.EqualTo(new[] { "limit" }));
            Assert.That((await _host.Send(new GetHomeRows(Limit: 41))).Error!.Fields!.Keys, Is.EqualTo(new[] { "limit" }));
        });
    }

    [Test]
    public async Task An_unpublished_title_is_new_no_more_from_that_moment()
    {
        var passing = _catalog.Add("Passing", []);
        await Tell(new TitlePublished(passing.Id, 1));
        var before = await Rows(Viewer(18));
        await Tell(new TitleUnpublished(passing.Id));
        var after = await Rows(Viewer(18));

        Assert.Multiple(() =>
        {
            Assert.That(before.Single(r => r.Id == "new").TitleIds[0], Is.EqualTo(passing.Id));
            Assert.That(after.Single(r => r.Id == "new").TitleIds, Does.Not.Contain(passing.Id));
        });
    }

    [Test]
    public async Task A_published_title_is_new_at_once()
    {
        await Rows(Viewer(18));
        var fresh = _catalog.Add("Fresh", []);
        await Tell(new TitlePublished(fresh.Id, 1));
        var rows = await Rows(Viewer(18));
        await Tell(new TitleUnpublished(fresh.Id));

        Assert.That(rows.Single(r => r.Id == "new").TitleIds[0], Is.EqualTo(fresh.Id));
    }

    [Test]
    public async Task What_the_catalogue_refused_is_not_kept()
    {
        // A host of its own, where nothing has a last good answer yet.
        var catalog = new FakeCatalog { Refusal = Error.Unavailable("internal", "Not now.") };
        await using var host = await ModuleHost.Start(engine, dial, [new RecommendationsModule()], catalog.Register);
        await Tell(host, new TitlePublished(catalog.Add("Only", []).Id, 1));
        var refused = await host.Send(new GetHomeRows(), Viewer(18));
        catalog.Refusal = null;
        var rows = await host.Send(new GetHomeRows(), Viewer(18));

        Assert.Multiple(() =>
        {
            Assert.That(refused.Error!.Kind, Is.EqualTo(ErrorKind.Unavailable));
            Assert.That(rows.Value.Rows, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Rows_for_many_are_gathered_in_the_name_of_none_of_them()
    {
        await Rows(Viewer(18));
        Assert.That(_catalog.Subjects, Is.All.Null.And.Not.Empty);
    }

    [Test]
    public async Task A_new_version_does_not_make_a_title_new_again()
    {
        await Tell(new TitlePublished(_calm.Id, 2));
        Assert.That((await Rows(Viewer(18))).Single(r => r.Id == "new").TitleIds[^1], Is.EqualTo(_calm.Id));
    }

    [Test]
    public async Task Without_anything_watched_there_is_no_popular_row_and_without_titles_none_at_all()
    {
        var catalog = new FakeCatalog();
        await using var host = await ModuleHost.Start(engine, dial, [new RecommendationsModule()], catalog.Register);
        var empty = await host.Send(new GetHomeRows(), Viewer(18));
        var title = catalog.Add("Only", []);
        await Tell(host, new TitlePublished(title.Id, 1));
        host.Clock.Advance(TimeSpan.FromSeconds(6));
        var one = await host.Send(new GetHomeRows(), Viewer(18));

        Assert.Multiple(() =>
        {
            Assert.That(empty.Value.Rows, Is.Empty);
            Assert.That(one.Value.Rows.Select(r => r.Id), Is.EqualTo(new[] { "new" }));
        });
    }

    private bool Asked<T>()
    {
        lock (_catalog.Asked) return _catalog.Asked.OfType<T>().Any();
    }

    private async Task<IReadOnlyList<HomeRow>> Rows(Caller caller) => (await _host.Send(new GetHomeRows(), caller)).Value.Rows;

    private async Task Watch(TitleCard title, int times)
    {
        for (var i = 0; i < times; i++) await Tell(Watched(title));
    }

    private TitleWatched Watched(TitleCard title) => new(title.Id, _profile, Guid.CreateVersion7(), 30, true, false, _host.Clock.GetUtcNow());

    private Task Tell(IModuleEvent happened) => Tell(_host, happened);

    private static async Task Tell(ModuleHost host, IModuleEvent happened)
    {
        await host.With<RecommendationsDbContext, int>(db =>
        {
            db.Outbox.Add(happened, host.Clock.GetUtcNow());
            return db.SaveChangesAsync();
        });
        await host.DeliverEvents();
    }

    private static Caller Viewer(int maturity, params string[] roles) => new(Guid.CreateVersion7(), roles, new Dictionary<string, string>
    {
        [ViewerCaller.ProfileAttribute] = _profile.ToString(),
        [ViewerCaller.MaturityAttribute] = $"{maturity}",
    });
}
