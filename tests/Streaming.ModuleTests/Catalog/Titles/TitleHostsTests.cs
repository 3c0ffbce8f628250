using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;
using Streaming.Platform.Outbox;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

/// <summary>Two hosts on a database: what one hides, the other shows no longer; and what is known where the database is gone.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TitleHostsTests : IAsyncDisposable
{
    private readonly List<RedisServer> _zones = [];
    private readonly List<TitlesHost> _hosts = [];
    private TestDatabase _database = null!;

    [SetUp]
    public async Task Create() => _database = await TestDatabase.Create(Engine.Postgres);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        foreach (var zone in _zones) await zone.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [Test]
    public async Task With_zones_a_title_hidden_or_changed_on_one_host_is_so_on_the_other_within_a_second()
    {
        var (one, other) = await WithZones();
        var (hidden, changed) = (await one.Whole(Content("Hidden", 0, "both")), await one.Whole(Content("Old", 0, "both")));
        foreach (var host in new[] { one, other })
        {
            for (var i = 0; i < 20; i++) await host.Host.Send(new GetTitles([hidden, changed]), Viewer(18)); // hot by then, and in its own memory
            Assert.That(await Browsed(host), Is.EquivalentTo([hidden, changed]));
        }

        Assert.That(other.Use("catalog:title").LocalHits, Is.GreaterThan(0));
        Assert.That(other.Use("catalog:title").Misses, Is.Zero, "it has them from the zone");

        await one.Unpublish(hidden);
        await one.Edit(changed, null, Content("New", 0, "both"));
        await one.Publish(changed);
        await Within(TimeSpan.FromSeconds(1), async () =>
            (await other.Host.Send(new GetTitle(hidden), Viewer(18))).IsError
            && (await other.See(changed, Viewer(18))).Card.Name == "New"
            && (await Browsed(other)).SequenceEqual([changed]));
    }

    [Test]
    public async Task Where_the_message_is_lost_a_title_is_gone_as_soon_as_the_zone_is_asked_again()
    {
        var (one, other) = await WithZones(otherHears: false);
        var film = await one.Whole(Content("Hidden", 0, "both"));
        for (var i = 0; i < 20; i++) await other.See(film, Viewer(18));
        Assert.That(other.Use("catalog:title").LocalHits, Is.GreaterThan(0));
        await one.Unpublish(film);
        await Within(TimeSpan.FromSeconds(5), async () => (await other.Host.Send(new GetTitle(film), Viewer(18))).IsError);
    }

    [Test]
    public async Task With_all_zones_dead_pages_are_answered_out_of_the_database_and_changes_are_seen()
    {
        var (one, _) = await WithZones();
        var film = await one.Whole(Content("There", 0, "both"));
        foreach (var zone in _zones) await zone.Kill();
        for (var i = 0; i < 5; i++) Assert.That((await one.See(film, Viewer(18))).Card.Name, Is.EqualTo("There"));
        await one.Unpublish(film);
        Assert.That((await one.Host.Send(new GetTitle(film), Viewer(18))).IsError);
    }

    [Test]
    public async Task Without_zones_the_other_host_hears_of_it_from_the_outbox()
    {
        var (one, other) = (await Host(), await Host());
        var film = await one.Whole(Content("Hidden", 0, "both"));
        var follower = other.Host.Services.GetRequiredService<OutboxFollower>();
        await follower.Follow(default);
        await other.See(film, Viewer(18));
        await one.Unpublish(film);
        Assert.That((await other.Host.Send(new GetTitle(film), Viewer(18))).IsError, Is.False, "it has not heard of it yet");
        await follower.Follow(default);
        Assert.That((await other.Host.Send(new GetTitle(film), Viewer(18))).IsError);
        Assert.That(await Browsed(other), Is.Empty);
    }

    [Test]
    public async Task With_the_database_gone_known_titles_are_told_also_past_their_soft_life()
    {
        await using var line = DatabaseLine.To(_database);
        var one = await Host(settings: ("data:postgres", line.Connection));
        var known = await one.Whole(Content("Known", 0, "known"));
        var unknown = await one.Whole(Content("Unknown", 0));
        await one.See(known, Viewer(18));
        await Browsed(one, "known");
        line.Cut();

        foreach (var minutes in new[] { 0, 2, 20 })
        {
            one.Host.Clock.Advance(TimeSpan.FromMinutes(minutes));
            Assert.That((await one.See(known, Viewer(18))).Card.Name, Is.EqualTo("Known"));
            Assert.That((await one.Host.Send(new GetPlayable(known), Viewer(18))).Value.TitleId, Is.EqualTo(known));
            Assert.That(await Browsed(one, "known"), Is.EqualTo([known]));
            Assert.That((await one.Host.Send(new GetTitle(unknown), Viewer(18))).Error?.Kind, Is.EqualTo(ErrorKind.Unavailable));
            Assert.That((await one.Host.Send(new GetTitle(known), Viewer(0))).IsError, Is.False);
        }
    }

    private static async Task<IEnumerable<Guid>> Browsed(TitlesHost host, string genre = "both") =>
        (await host.Host.Send(new BrowseTitles(Genre: genre), Viewer(18))).Value.Items.Select(t => t.Id);

    private static async Task Within(TimeSpan bound, Func<Task<bool>> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > bound) Assert.Fail($"It was not so within {bound}.");
            await Task.Delay(10);
        }
    }

    private async Task<(TitlesHost One, TitlesHost Other)> WithZones(bool otherHears = true)
    {
        if (RedisServer.Program is null) Assert.Ignore("redis-server is missing; STREAMING_TEST_REDIS_SERVER may name it");
        for (var i = 0; i < 2; i++) _zones.Add(await RedisServer.Start());
        foreach (var zone in _zones) await AddDeafUser(zone);
        return (await Zoned("a", ""), await Zoned("b", otherHears ? "" : ",user=deaf,password=deaf"));

        async Task<TitlesHost> Zoned(string own, string user)
        {
            var host = await Host(
                services => services.AddSingleton(TimeProvider.System), ("cache:zone", own),
                ("cache:zones:0:name", "a"), ("cache:zones:0:connection", _zones[0].Connection + user),
                ("cache:zones:1:name", "b"), ("cache:zones:1:connection", _zones[1].Connection + user), ("resilience:policies:cache.zone:timeoutMs", "500"));
            await host.Host.Services.GetRequiredService<ZoneCache>().StartAsync(default);
            return host;
        }
    }

    // It may do everything but subscribe.
    private static async Task AddDeafUser(RedisServer zone)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(zone.Connection);
        await connection.GetDatabase().ExecuteAsync("ACL", "SETUSER", "deaf", "on", ">deaf", "~*", "+@all", "resetchannels");
    }

    private async Task<TitlesHost> Host(Action<IServiceCollection>? more = null, params (string Key, string Value)[] settings)
    {
        var host = await On(_database, ownsDatabase: false, DialMode.InProcess, more, settings);
        _hosts.Add(host);
        return host;
    }
}
