using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.ModuleTests.Playback.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Playback;
using Streaming.Playback.Access;
using Streaming.Playback.Data;
using Streaming.Playback.Progress;
using Streaming.Playback.Sessions;

namespace Streaming.ModuleTests.Playback.Sessions;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class OpenSessionTests(Engine engine, DialMode dial)
{
    private readonly Guid _profile = Guid.CreateVersion7();
    private ModuleHost _host = null!;
    private Others _others = null!;

    [OneTimeSetUp]
    public async Task Start() => (_host, _others) = await PlaybackHosts.Start(engine, dial);

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Test]
    public async Task A_session_has_everything_that_a_player_needs()
    {
        var next = Guid.CreateVersion7();
        var title = _others.AddFilm(next: next);

        var session = (await Open(title)).Value;

        Assert.Multiple(() =>
        {
            Assert.That(session.Hls, Does.Match($"^/m/[0-9]+\\.{_profile:N}\\.[A-Za-z0-9_-]{{47}}/{Samples.Asset:N}/1/master\\.m3u8$"));
            Assert.That(session.Dash, Is.EqualTo(session.Hls.Replace("master.m3u8", "manifest.mpd", StringComparison.Ordinal)));
            Assert.That(session.Thumbnails, Is.EqualTo(session.Hls.Replace("master.m3u8", "thumbs/thumbs.vtt", StringComparison.Ordinal)));
            Assert.That((session.Title, session.DurationSeconds, session.PositionSeconds), Is.EqualTo(("A film", 1000.0, 0.0)));
            Assert.That(session.Audio, Is.EqualTo(new[] { new PlaybackTrack("en", "English") }));
            Assert.That(session.Subtitles, Is.EqualTo(new[] { new PlaybackTrack("de", "Deutsch") }));
            Assert.That((session.NextTitleId, session.NextTitle), Is.EqualTo((next, "The next one")));
            Assert.That(session.ExpiresAt, Is.EqualTo(_host.Clock.GetUtcNow() + TimeSpan.FromHours(12)));
        });
    }

    [Test]
    public async Task Addresses_of_long_titles_live_four_hours_longer_than_the_title()
    {
        var session = (await Open(_others.AddFilm(durationSeconds: 10 * 3600))).Value;
        Assert.That(session.ExpiresAt, Is.EqualTo(_host.Clock.GetUtcNow() + TimeSpan.FromHours(14)));
    }

    [Test]
    public async Task The_same_order_opens_one_session()
    {
        var (order, title) = (Guid.CreateVersion7(), _others.AddFilm());
        var first = (await Open(title, order)).Value;
        var again = (await Open(title, order)).Value;
        var other = await Open(_others.AddFilm(), order);

        Assert.That(again.Id, Is.EqualTo(first.Id));
        Assert.That(other.Error!.Code, Is.EqualTo("command-id-reused"));
    }

    [Test]
    public async Task An_order_carried_out_before_answers_the_same_without_asking_others_again()
    {
        var (order, title) = (Guid.CreateVersion7(), _others.AddFilm());
        var first = (await Open(title, order)).Value;
        _others.PlayableCalls = 0;
        _others.Playables.Remove(title);

        Assert.That((await Open(title, order)).Value.Id, Is.EqualTo(first.Id));
        Assert.That(_others.PlayableCalls, Is.Zero);
    }

    [Test]
    public async Task While_others_are_asked_everybody_else_may_write()
    {
        _others.Meanwhile = () => _host.With<PlaybackDbContext, int>(db =>
        {
            db.Progress.Add(new WatchProgress { ProfileId = Guid.CreateVersion7(), TitleId = Guid.CreateVersion7() });
            return db.SaveChangesAsync();
        });
        var opened = await Open(_others.AddFilm());
        _others.Meanwhile = null;

        Assert.That(opened.Error, Is.Null);
    }

    [Test]
    public async Task Addresses_lead_to_the_best_source_and_to_this_host_when_nobody_knows_one()
    {
        _others.BaseUrl = "https://edge.example.org";
        var edge = (await Open(_others.AddFilm())).Value;
        _others.EdgesFail = true;
        var origin = (await Open(_others.AddFilm())).Value;
        (_others.BaseUrl, _others.EdgesFail) = ("", false);

        Assert.That(edge.Hls, Does.StartWith("https://edge.example.org/m/"));
        Assert.That(origin.Hls, Does.StartWith("/m/"));
    }

    [Test]
    public async Task Nobody_plays_without_a_profile_or_what_they_may_not_see()
    {
        var title = _others.AddFilm();
        var anonymous = await _host.Send(new StartPlayback(Guid.CreateVersion7(), title), Caller.Anonymous);
        var none = await _host.Send(new StartPlayback(Guid.CreateVersion7(), title), Viewers.WithoutProfile);
        var unseen = await Open(Guid.CreateVersion7());

        Assert.That(
            new[] { anonymous.Error!.Code, none.Error!.Code, unseen.Error!.Code },
            Is.EqualTo(new[] { Error.SignInRequired, "playback:profile-required", "not-found" }));
    }

    [Test]
    public async Task A_new_key_signs_after_a_month_and_the_old_one_is_still_accepted()
    {
        await using var own = (await PlaybackHosts.Start(engine, dial)).Host;
        async Task<SigningKey[]> Keys() => await own.With<PlaybackDbContext, SigningKey[]>(db => db.SigningKeys.AsNoTracking().OrderBy(k => k.CreatedAt).ToArrayAsync());
        async Task<string> Token()
        {
            var others = own.Services.GetRequiredService<Others>();
            return (await own.Send(new StartPlayback(Guid.CreateVersion7(), others.AddFilm()), Viewers.WithProfile(_profile))).Value.Hls.Split('/')[2];
        }

        async Task<Admission> Admit(string token) =>
            await own.Services.GetRequiredService<MediaGate>().Admit(token, $"{Samples.Asset:N}/1", Caller.Anonymous, CancellationToken.None);

        var first = await Token();
        await Token();
        var keysAtFirst = await Keys();
        own.Clock.Advance(TimeSpan.FromDays(31) - TimeSpan.FromHours(1));
        var second = await Token();
        var keysThen = await Keys();
        var admissions = (await Admit(second), await Admit(first));
        own.Clock.Advance(TimeSpan.FromDays(31));
        await Token();

        Assert.Multiple(async () =>
        {
            Assert.That(keysAtFirst, Has.Length.EqualTo(1));
            Assert.That(keysThen, Has.Length.EqualTo(2));
            Assert.That(second, Does.Contain($".{keysThen[1].Id}"));
            Assert.That(admissions, Is.EqualTo((Admission.Admitted, Admission.Expired)), "an expired token of a live key is expired, not forged");
            Assert.That((await Keys()).Select(k => k.Id), Does.Not.Contain(keysThen[0].Id).And.Contains(keysThen[1].Id), "keys end after two months");
        });
    }

    [Test]
    public async Task An_operator_changes_the_key_and_films_go_on_until_the_old_one_is_taken_back()
    {
        await using var own = (await PlaybackHosts.Start(engine, dial)).Host;
        async Task<string> Token()
        {
            var others = own.Services.GetRequiredService<Others>();
            return (await own.Send(new StartPlayback(Guid.CreateVersion7(), others.AddFilm()), Viewers.WithProfile(_profile))).Value.Hls.Split('/')[2];
        }

        async Task<Admission> Admit(string token) =>
            await own.Services.GetRequiredService<MediaGate>().Admit(token, $"{Samples.Asset:N}/1", Caller.Anonymous, CancellationToken.None);

        var first = await Token();
        own.Clock.Advance(TimeSpan.FromMinutes(1));
        var made = (await own.Send(new RotateSigningKey.Command())).Value;
        var second = await Token();
        var both = (await Admit(first), await Admit(second));
        var listed = (await own.Send(new ListSigningKeys.Query())).Value.Items;
        await own.Send(new RevokeSigningKey.Command(listed[1].Id));

        Assert.Multiple(async () =>
        {
            Assert.That(second, Does.Contain($".{made.Id}"));
            Assert.That(both, Is.EqualTo((Admission.Admitted, Admission.Admitted)));
            Assert.That(listed.Select(k => k.State), Is.EqualTo((string[])["signing", "accepted"]));
            Assert.That((await Admit(first), await Admit(second)), Is.EqualTo((Admission.Forged, Admission.Admitted)));
            Assert.That((await own.Send(new RevokeSigningKey.Command(listed[1].Id))).Error!.Kind, Is.EqualTo(ErrorKind.NotFound));
            Assert.That((await own.Send(new RotateSigningKey.Command(), Viewers.WithProfile(_profile))).Error!.Kind, Is.EqualTo(ErrorKind.Forbidden));
        });
    }

    [Test]
    public async Task A_session_is_shown_to_its_own_profile_only()
    {
        var session = (await Open(_others.AddFilm())).Value;
        var own = await _host.Send(new ShowSession.Query(session.Id), Viewers.WithProfile(_profile));
        var other = await _host.Send(new ShowSession.Query(session.Id), Viewers.WithProfile(Guid.CreateVersion7()));

        Assert.That((own.Value.TitleId, other.Error!.Kind), Is.EqualTo((session.TitleId, ErrorKind.NotFound)));
    }

    private Task<Result<PlaybackSession>> Open(Guid title, Guid? order = null) =>
        _host.Send(new StartPlayback(order ?? Guid.CreateVersion7(), title), Viewers.WithProfile(_profile));
}
