using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Streaming.ModuleTests.Fixtures;

namespace Streaming.ModuleTests.Users;

/// <summary>Keys by which programs act for an account.</summary>
internal sealed class ApiKeyTests
{
    private UsersServer _server = null!;
    private UsersBrowser _operator = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await UsersServer.Start();
        _operator = await Founder(_server);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _operator.Dispose();
        await _server.DisposeAsync();
    }

    [TestCase("viewer", HttpStatusCode.Forbidden)]
    [TestCase("publisher", HttpStatusCode.Forbidden)]
    [TestCase("operator", HttpStatusCode.OK)]
    public async Task A_key_gives_one_roles_rights_and_no_more(string role, HttpStatusCode operates)
    {
        using var program = Program(_server, await Make(_operator, role));
        Assert.That((await program.Json("/api/users/me"))["email"]!.GetValue<string>(), Is.EqualTo("first@example.org"));
        Assert.That((await program.Get("/api/test/operators")).StatusCode, Is.EqualTo(operates));
    }

    [Test]
    public async Task A_key_cannot_give_more_than_its_account_has_not_even_by_another_key()
    {
        using var viewer = _server.Browser();
        await viewer.Post("/api/users/register", new { email = "viewer@example.org", password = UsersHost.Password });
        await viewer.Post("/api/users/sign-in", new { email = "viewer@example.org", password = UsersHost.Password });
        Assert.That((await viewer.Post("/api/users/api-keys", new { name = "more", role = "operator" })).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));

        using var program = Program(_server, await Make(_operator, "viewer"));
        Assert.That((await program.Post("/api/users/api-keys", new { name = "more", role = "operator" })).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_revoked_key_is_refused_at_once_and_listed_no_more()
    {
        var made = await Made(_operator, "publisher");
        using var program = Program(_server, made["key"]!.GetValue<string>());
        Assert.That((await program.Json("/test/caller"))["key"]!.GetValue<string>(), Is.EqualTo(made["id"]!.GetValue<string>()));
        Assert.That((await _operator.Send(new HttpRequestMessage(HttpMethod.Delete, $"/api/users/api-keys/{made["id"]}"))).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await program.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await _operator.Json("/api/users/api-keys")).ToJsonString(), Does.Not.Contain(made["id"]!.GetValue<string>()));
    }

    [Test]
    public async Task A_key_ends_when_it_was_said_to()
    {
        var made = await _operator.Post("/api/users/api-keys", new { name = "brief", expiresAt = _server.Clock.GetUtcNow().AddHours(1) });
        using var program = Program(_server, JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!.GetValue<string>());
        Assert.That((await program.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        _server.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.That((await program.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("sk_")]
    [TestCase("sk_nonsense")]
    [TestCase("sk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_key_is_refused(string key)
    {
        using var program = Program(_server, key);
        Assert.That((await program.Get("/test/caller")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task The_key_itself_is_told_once()
    {
        var made = await Made(_operator, "viewer");
        Assert.That((await _operator.Json("/api/users/api-keys")).ToJsonString(), Does.Contain(made["id"]!.GetValue<string>()).And.Not.Contain(made["key"]!.GetValue<string>()));
    }

    [Test]
    public async Task A_key_revoked_on_one_host_is_refused_by_another_within_a_second()
    {
        await using var database = await TestDatabase.Create(Engine.Postgres);
        await using var one = await UsersServer.On(database, ownsDatabase: false);
        using var founder = await Founder(one);
        await using var other = await UsersServer.On(database, ownsDatabase: false);
        var made = await Made(founder, "viewer");
        using var program = Program(other, made["key"]!.GetValue<string>());
        Assert.That((await program.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        await founder.Send(new HttpRequestMessage(HttpMethod.Delete, $"/api/users/api-keys/{made["id"]}"));
        // A second by the other host's clock, far less than it remembers an account for, and the time that its query takes.
        other.Clock.Advance(TimeSpan.FromSeconds(1));
        var refused = false;
        for (var i = 0; i < 100 && !refused; i++)
        {
            refused = (await program.Get("/api/users/me")).StatusCode == HttpStatusCode.Unauthorized;
            if (!refused) await Task.Delay(50);
        }

        Assert.That(refused);
    }

    private static async Task<UsersBrowser> Founder(UsersServer server)
    {
        var browser = server.Browser();
        var registered = await browser.Post("/api/users/register", new { email = "first@example.org", password = UsersHost.Password, setupCode = await server.SetupCode() });
        Assert.That(registered.StatusCode, Is.EqualTo(HttpStatusCode.Created), await registered.Content.ReadAsStringAsync());
        var signedIn = await browser.Post("/api/users/sign-in", new { email = "first@example.org", password = UsersHost.Password });
        Assert.That(signedIn.StatusCode, Is.EqualTo(HttpStatusCode.OK), await signedIn.Content.ReadAsStringAsync());
        return browser;
    }

    private static UsersBrowser Program(UsersServer server, string key)
    {
        var program = server.Browser();
        program.Token = key;
        return program;
    }

    private static async Task<string> Make(UsersBrowser browser, string role) => (await Made(browser, role))["key"]!.GetValue<string>();

    private static async Task<JsonNode> Made(UsersBrowser browser, string role)
    {
        var answer = await browser.Post("/api/users/api-keys", new { name = role, role });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created), await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
