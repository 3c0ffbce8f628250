using System.Net;
using System.Text.Json.Nodes;
using Streaming.ModuleTests.Fixtures;
using Streaming.Users.Accounts;

namespace Streaming.ModuleTests.Users;

/// <summary>The database of accounts goes away while people watch.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class StoreDownTests : IAsyncDisposable
{
    private const string Email = "first@example.org";
    private const string Playing = "/test/playing/caller";
    private const string Other = "/test/caller";

    private static readonly TimeSpan _longerThanKnown = KnownAccounts.Lifetime + TimeSpan.FromSeconds(1);

    private TestDatabase? _database;
    private DatabaseLine? _line;
    private UsersServer? _server;

    [SetUp]
    public async Task Start()
    {
        _database = await TestDatabase.Create(Engine.Postgres);
        _line = DatabaseLine.To(_database);
        _server = await UsersServer.On(_database, ownsDatabase: false, ("data:postgres", _line.Connection));
        using var browser = _server.Browser();
        await browser.Post("/api/users/register", new { email = Email, password = UsersHost.Password, setupCode = await _server.SetupCode() });
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_line is not null) await _line.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Whoever_was_known_lately_goes_on_watching_for_five_minutes_and_does_nothing_else(bool byCookie)
    {
        using var browser = await SignedIn();
        if (byCookie) browser.Token = null;
        else browser.Cookies.Clear();
        Assert.That(await Status(browser, Other), Is.EqualTo(HttpStatusCode.OK));

        _line!.Cut();
        _server!.Clock.Advance(_longerThanKnown);
        Assert.That(await Status(browser, Playing), Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await browser.Json(Playing))["roles"]!.AsArray().Select(r => r!.GetValue<string>()), Is.EqualTo((string[])["viewer"]), "of an operator, too: nothing but watching goes on");
        Assert.That(await Status(browser, Other), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await Status(browser, "/api/users/me"), Is.EqualTo(HttpStatusCode.ServiceUnavailable));

        _server.Clock.Advance(KnownAccounts.LongestWithoutStore - _longerThanKnown - TimeSpan.FromSeconds(5));
        Assert.That(await Status(browser, Playing), Is.EqualTo(HttpStatusCode.OK));
        _server.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await Status(browser, Playing), Is.EqualTo(HttpStatusCode.ServiceUnavailable));

        _line.Mend();
        _server.Clock.Advance(TimeSpan.FromSeconds(10)); // the circuit asks again by then
        Assert.That(await Until(HttpStatusCode.OK, browser, Other));
    }

    [Test]
    public async Task A_device_signed_out_before_is_not_let_on()
    {
        using var here = await SignedIn();
        using var lost = await SignedIn();
        Assert.That(await Status(lost, Playing), Is.EqualTo(HttpStatusCode.OK));
        var id = (await lost.Json("/api/users/sessions"))["items"]!.AsArray().Single(d => d!["current"]!.GetValue<bool>())!["id"]!.GetValue<string>();
        await here.Send(new HttpRequestMessage(HttpMethod.Delete, $"/api/users/sessions/{id}"));
        Assert.That(await Status(here, Playing), Is.EqualTo(HttpStatusCode.OK), "read anew, and without the other");

        _line!.Cut();
        Assert.That(await Status(lost, Playing), Is.Not.EqualTo(HttpStatusCode.OK));
        _server!.Clock.Advance(_longerThanKnown);
        Assert.That(await Status(lost, Playing), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await Status(here, Playing), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Who_was_not_known_here_is_not_believed()
    {
        using var browser = await SignedIn();
        _line!.Cut();
        Assert.That(await Status(browser, Playing), Is.EqualTo(HttpStatusCode.ServiceUnavailable), "it has signed in, and no request of its has been answered");
        _line.Mend();
        _server!.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.That(await Until(HttpStatusCode.OK, browser, Playing));
    }

    [Test]
    public async Task With_zones_a_device_signed_out_on_one_host_is_out_on_another_by_message_also_while_the_database_is_away_there()
    {
        if (RedisServer.Program is null) Assert.Ignore("redis-server is missing; STREAMING_TEST_REDIS_SERVER may name it");
        await using var redis = await RedisServer.Start();
        (string, string)[] zones = [("cache:zone", "a"), ("cache:zones:0:name", "a"), ("cache:zones:0:connection", redis.Connection), ("resilience:policies:cache.zone:timeoutMs", "500")];
        await using var one = await UsersServer.On(_database!, ownsDatabase: false, zones);
        await using var other = await UsersServer.On(_database!, ownsDatabase: false, [("data:postgres", _line!.Connection), .. zones]);
        using var here = await SignedIn(one);
        using var lost = await SignedIn(other);
        var id = (await lost.Json("/api/users/sessions"))["items"]!.AsArray().Single(d => d!["current"]!.GetValue<bool>())!["id"]!.GetValue<string>();
        Assert.That(await Status(lost, Playing), Is.EqualTo(HttpStatusCode.OK));

        _line.Cut(); // its own look at the table of changes sees nothing any more, and its clock stands still
        await here.Send(new HttpRequestMessage(HttpMethod.Delete, $"/api/users/sessions/{id}"));
        Assert.That(await Until(HttpStatusCode.ServiceUnavailable, lost, Playing));
    }

    private static async Task<HttpStatusCode> Status(UsersBrowser browser, string path)
    {
        using var answer = await browser.Get(path);
        return answer.StatusCode;
    }

    private static async Task<bool> Until(HttpStatusCode wanted, UsersBrowser browser, string path)
    {
        for (var i = 0; i < 100; i++)
        {
            if (await Status(browser, path) == wanted) return true;
            await Task.Delay(50);
        }

        return false;
    }

    private Task<UsersBrowser> SignedIn() => SignedIn(_server!);

    private static async Task<UsersBrowser> SignedIn(UsersServer server)
    {
        var browser = server.Browser();
        var answer = await browser.Post("/api/users/sign-in", new { email = Email, password = UsersHost.Password });
        browser.Token = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["accessToken"]!.GetValue<string>();
        return browser;
    }
}
