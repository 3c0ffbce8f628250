using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.ModuleTests.Playback.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Wire;
using Streaming.Playback;
using Streaming.Playback.Data;
using Streaming.Playback.Sessions;
using Streaming.Users;

namespace Streaming.ModuleTests.Playback.Sessions;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class ReportEventsTests(Engine engine, DialMode dial)
{
    private Guid _profile;
    private ModuleHost _host = null!;
    private Others _others = null!;

    private DateTimeOffset Now => _host.Clock.GetUtcNow();

    [OneTimeSetUp]
    public async Task Start() => (_host, _others) = await PlaybackHosts.Start(engine, dial);

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [SetUp]
    public void NewViewer() => _profile = Guid.CreateVersion7();

    [Test]
    public async Task Progress_follows_the_player_and_playback_resumes_a_little_earlier()
    {
        var session = await Open();
        await Report(session, Playing(0, 0), Progress(1, 100, after: 100));

        var progress = (await _host.Send(new GetProgress([session.TitleId, Guid.CreateVersion7()]), Viewers.WithProfile(_profile))).Value.Items;
        var again = await Open(session.TitleId);

        Assert.Multiple(() =>
        {
            Assert.That(progress, Is.EqualTo(new[] { new TitleProgress(session.TitleId, 100, 1000, false, Now) }));
            Assert.That(again.PositionSeconds, Is.EqualTo(95));
        });
    }

    [TestCase(9.9, 0)]
    [TestCase(10, 1)]
    public async Task A_title_left_within_the_first_seconds_counts_as_not_begun(double position, int told)
    {
        var session = await Open();
        await Report(session, Playing(0, 0), Progress(1, position, after: position));

        var progress = (await _host.Send(new GetProgress([session.TitleId]), Viewers.WithProfile(_profile))).Value.Items;
        var watching = (await _host.Send(new GetContinueWatching(), Viewers.WithProfile(_profile))).Value.Items;

        Assert.That((progress.Count, watching.Count), Is.EqualTo((told, told)));
    }

    [TestCase(9.9, 0)]
    [TestCase(10, 5)]
    [TestCase(949, 944)]
    [TestCase(950, 0)]
    [TestCase(5000, 0)]
    [TestCase(-3, 0)]
    public async Task Playback_resumes_only_where_there_is_something_to_resume(double position, double resumes)
    {
        var session = await Open();
        await Report(session, Progress(0, position, after: 0));
        Assert.That((await Open(session.TitleId)).PositionSeconds, Is.EqualTo(resumes));
    }

    [Test]
    public async Task The_same_batch_again_changes_nothing()
    {
        var session = await Open();
        PlayerEvent[] batch = [Playing(0, 0), Progress(1, 40, after: 40), Event(2, "stalled", 40, 40), Event(3, "error", 40, 41)];
        var first = await Report(session, batch);
        var shown = await Show(session);
        var again = await Report(session, batch);

        Assert.Multiple(async () =>
        {
            Assert.That((first.Accepted, first.Duplicates), Is.EqualTo((4, 0)));
            Assert.That((again.Accepted, again.Duplicates), Is.EqualTo((0, 4)));
            Assert.That(await Show(session), Is.EqualTo(shown));
            Assert.That(shown.WatchedSeconds, Is.EqualTo(40));
        });
    }

    [Test]
    public async Task A_late_batch_is_counted_and_does_not_move_the_position_back()
    {
        PlayerEvent[] all = [Playing(0, 0), Progress(1, 10, 10), Progress(2, 20, 20), Progress(3, 30, 30), Progress(4, 40, 40), Progress(5, 50, 50)];
        var (inOrder, shuffled) = (await Open(), await Open());
        foreach (var batch in new[] { all[..2], all[2..4], all[4..] }) await Report(inOrder, batch);
        foreach (var batch in new[] { all[..2], all[4..], all[2..4] }) await Report(shuffled, batch);

        var (one, other) = (await Show(inOrder), await Show(shuffled));
        var progress = (await _host.Send(new GetProgress([shuffled.TitleId]), Viewers.WithProfile(_profile))).Value.Items.Single();

        Assert.Multiple(() =>
        {
            Assert.That((other.PositionSeconds, other.WatchedSeconds), Is.EqualTo((50.0, 50.0)));
            Assert.That(other.WatchedSeconds, Is.EqualTo(one.WatchedSeconds));
            Assert.That(progress.PositionSeconds, Is.EqualTo(50));
        });
    }

    [Test]
    public async Task Going_back_on_purpose_moves_the_position_back()
    {
        var session = await Open();
        await Report(session, Playing(0, 0), Progress(1, 500, after: 500), Event(2, "seeked", 100, 501), Progress(3, 110, 511));

        var shown = await Show(session);
        Assert.That((shown.PositionSeconds, shown.WatchedSeconds), Is.EqualTo((110.0, 510.0)));
    }

    [Test]
    public async Task Only_time_spent_watching_counts_as_watched()
    {
        var session = await Open();
        await Report(
            session,
            Event(0, "started", 0, 0), Playing(1, 200, after: 1), Progress(2, 210, after: 11), Event(3, "paused", 215, 16), Event(4, "level-switched", 215, 70),
            Playing(5, 215, after: 80), Progress(6, 600, after: 85), Event(7, "seeked", 900, 86), Progress(8, 905, after: 91));

        // At most the second before the first picture, 10 + 5 until the pause, 5 of the unexplained jump to 600, 5 after the seek.
        Assert.That((await Show(session)).WatchedSeconds, Is.EqualTo(26));
    }

    [Test]
    public async Task A_player_that_does_not_know_where_it_is_moves_nothing()
    {
        var session = await Open();
        await Report(session, Progress(0, 100, after: 0), Progress(1, 0, after: 5) with { PositionSeconds = null });

        Assert.That((await Show(session)).PositionSeconds, Is.EqualTo(100));
    }

    [Test]
    public async Task Quality_of_experience_is_kept_a_session()
    {
        var session = await Open();
        await Report(
            session,
            Event(0, "started", 0, 0), Playing(1, 0, 1) with { StartupSeconds = 0.8, Bandwidth = 1_000_000, Height = 480 }, Progress(2, 30, 31),
            Event(3, "level-switched", 30, 31) with { Bandwidth = 4_000_000, Height = 1080 }, Event(4, "stalled", 40, 41), Event(5, "resumed", 40, 43),
            Event(6, "stalled", 40, 44), Event(7, "resumed", 40, 50) with { StalledSeconds = 1 }, Progress(8, 60, 70) with { DroppedFrames = 7 },
            Event(9, "error", 60, 70) with { Message = new string('x', 2000) }, Event(10, "summary", 60, 71) with { DroppedFrames = 9, StalledSeconds = 3 });

        var quality = (await Show(session)).Quality;
        Assert.That(quality, Is.EqualTo(new ShowSession.Quality(0.8, 3.0 / 60, 3, 2, 1, 1080, 2_500_000, 9, 1)));
    }

    [Test]
    public async Task Others_are_told_of_the_start_of_portions_and_of_the_end()
    {
        var session = await Open();
        await Report(session, Playing(0, 0));
        for (var i = 1; i <= 10; i++) await Report(session, Progress(i, i * 10, after: i * 10));
        await Report(session, Event(11, "seeked", 990, 101), Event(12, "ended", 0, 111));
        await Report(session, Event(12, "ended", 0, 111));

        var told = await _host.With<PlaybackDbContext, List<TitleWatched>>(async db => [.. (await db.OutboxMessages.AsNoTracking().ToListAsync())
            .Select(m => JsonSerializer.Deserialize<TitleWatched>(m.Body, ContractJson.Options)!).Where(t => t.SessionId == session.Id)]);
        Assert.Multiple(() =>
        {
            Assert.That(told.Select(t => (t.WatchedSeconds, t.Started, t.Completed)), Is.EquivalentTo(new[]
            {
                (0.0, true, false), (30.0, false, false), (30.0, false, false), (30.0, false, false), (20.0, false, true),
            }));
            Assert.That(told, Has.All.Matches<TitleWatched>(t => t.ProfileId == _profile && t.TitleId == session.TitleId && t.At == Now));
        });
    }

    [Test]
    public async Task Two_batches_at_once_are_both_counted()
    {
        var session = await Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Report(session, Progress(i * 2, i * 20, i * 20), Progress((i * 2) + 1, (i * 20) + 10, (i * 20) + 10))));

        var shown = await Show(session);
        Assert.That((shown.PositionSeconds, shown.WatchedSeconds), Is.EqualTo((70.0, 70.0)));
    }

    [Test]
    public async Task Of_two_sessions_the_one_that_was_there_last_decides()
    {
        var older = await Open();
        _host.Clock.Advance(TimeSpan.FromMinutes(30));
        var newer = await Open(older.TitleId);
        await Report(newer, Progress(0, 300, after: 0));
        await Report(older, Progress(0, 700, after: -600));

        var progress = (await _host.Send(new GetProgress([older.TitleId]), Viewers.WithProfile(_profile))).Value.Items.Single();
        Assert.That(progress.PositionSeconds, Is.EqualTo(300));
    }

    [Test]
    public async Task Sessions_of_others_do_not_exist()
    {
        var session = await Open();
        var other = await _host.Send(new ReportEvents.Command(session.Id, [Playing(0, 0)]), Viewers.WithProfile(Guid.CreateVersion7()));
        var none = await _host.Send(new ReportEvents.Command(session.Id, [Playing(0, 0)]), Viewers.WithoutProfile);
        var anonymous = await _host.Send(new ReportEvents.Command(session.Id, [Playing(0, 0)]), Caller.Anonymous);

        Assert.That((other.Error!.Kind, none.Error!.Kind, anonymous.Error!.Code), Is.EqualTo((ErrorKind.NotFound, ErrorKind.NotFound, Error.SignInRequired)));
    }

    [Test]
    public async Task A_batch_that_is_wrong_is_refused_whole_and_says_where()
    {
        var session = await Open();
        var unknown = await Try(session, Playing(0, 0), Event(1, "danced", 0, 0));
        var negative = await Try(session, Event(-1, "playing", 0, 0));
        var tooMany = await Try(session, [.. Enumerable.Range(0, 501).Select(i => Progress(i, i, i))]);
        var most = await Try(session, [.. Enumerable.Range(0, 500).Select(i => Progress(i, i, i))]);

        Assert.Multiple(() =>
        {
            Assert.That(unknown.Error!.Fields!.Keys.Single(), Is.EqualTo("events[1].kind"));
            Assert.That(negative.Error!.Fields!.Keys.Single(), Is.EqualTo("events[0].sequence"));
            Assert.That(tooMany.Error!.Fields!.Keys.Single(), Is.EqualTo("events"));
            Assert.That(most.Value.Accepted, Is.EqualTo(500));
        });
    }

    [Test]
    public async Task What_was_begun_and_not_finished_is_offered_latest_first()
    {
        var (first, glanced, finished, last) = (await Open(), await Open(), await Open(), await Open());
        foreach (var (session, position) in new[] { (first, 100.0), (glanced, 5.0), (finished, 980.0), (last, 200.0) })
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            await Report(session, Progress(0, position, after: 0));
        }

        var offered = (await _host.Send(new GetContinueWatching(), Viewers.WithProfile(_profile))).Value.Items;
        var one = (await _host.Send(new GetContinueWatching(1), Viewers.WithProfile(_profile))).Value.Items;
        var nobody = (await _host.Send(new GetContinueWatching(), Viewers.WithoutProfile)).Value.Items;
        var wrong = await _host.Send(new GetContinueWatching(0), Viewers.WithProfile(_profile));

        Assert.Multiple(() =>
        {
            Assert.That(offered.Select(p => p.TitleId), Is.EqualTo(new[] { last.TitleId, first.TitleId }));
            Assert.That(one.Select(p => p.TitleId), Is.EqualTo(new[] { last.TitleId }));
            Assert.That(nobody, Is.Empty);
            Assert.That(wrong.Error!.Kind, Is.EqualTo(ErrorKind.Invalid));
        });
    }

    [Test]
    public async Task A_deleted_profile_is_forgotten_and_others_are_not()
    {
        var mine = await Open();
        await Report(mine, Progress(0, 100, after: 0));
        var gone = _profile;
        NewViewer();
        var theirs = await Open();
        await Report(theirs, Progress(0, 100, after: 0));

        await _host.With<ForgetProfile, bool>(async handler =>
        {
            await handler.Handle(new ProfileDeleted(gone), CancellationToken.None);
            return true;
        });

        var left = (await _host.Send(new GetProgress([mine.TitleId]), Viewers.WithProfile(gone))).Value.Items;
        var session = await _host.Send(new ShowSession.Query(mine.Id), Viewers.WithProfile(gone));
        var others = (await _host.Send(new GetProgress([theirs.TitleId]), Viewers.WithProfile(_profile))).Value.Items;
        Assert.That((left.Count, session.Error!.Kind, others.Count), Is.EqualTo((0, ErrorKind.NotFound, 1)));
    }

    private async Task<PlaybackSession> Open(Guid? title = null) =>
        (await _host.Send(new StartPlayback(Guid.CreateVersion7(), title ?? _others.AddFilm()), Viewers.WithProfile(_profile))).Value;

    private Task<Result<ReportEvents.Answer>> Try(PlaybackSession session, params PlayerEvent[] batch) =>
        _host.Send(new ReportEvents.Command(session.Id, batch), Viewers.WithProfile(_profile));

    private async Task<ReportEvents.Answer> Report(PlaybackSession session, params PlayerEvent[] batch) => (await Try(session, batch)).Value;

    private async Task<ShowSession.View> Show(PlaybackSession session) =>
        (await _host.Send(new ShowSession.Query(session.Id), Viewers.WithProfile(_profile))).Value;

    private PlayerEvent Playing(int sequence, double position, double after = 0) => Event(sequence, "playing", position, after);

    private PlayerEvent Progress(int sequence, double position, double after) => Event(sequence, "progress", position, after);

    private PlayerEvent Event(int sequence, string kind, double position, double after) => new(sequence, kind, Now.AddSeconds(after), position);
}
