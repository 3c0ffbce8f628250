using System.Net;
using System.Text.Json.Nodes;

namespace Streaming.ModuleTests.Users;

/// <summary>The devices on which an account is signed in, and how one is signed out from afar.</summary>
internal sealed class DeviceTests
{
    private const string Email = "first@example.org";

    private UsersServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await UsersServer.Start();
        using var browser = _server.Browser();
        await browser.Post("/api/users/register", new { email = Email, password = UsersHost.Password, setupCode = await _server.SetupCode() });
        foreach (var email in new[] { "one@example.org", "other@example.org" }) await browser.Post("/api/users/register", new { email, password = UsersHost.Password });
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task Every_sign_in_is_listed_and_the_asking_one_is_marked()
    {
        using var here = await SignedIn("one@example.org");
        using var there = await SignedIn("one@example.org");
        var devices = await Devices(here);
        Assert.That(devices.Count(d => d["current"]!.GetValue<bool>()), Is.EqualTo(1));
        Assert.That(devices.Select(d => d["address"]!.GetValue<string>()), Is.All.EqualTo("127.0.0.1"));
        Assert.That((await Devices(there)).Single(d => d["current"]!.GetValue<bool>())["id"]!.GetValue<string>(), Is.Not.EqualTo(Own(devices)));
    }

    [Test]
    public async Task A_device_signed_out_from_afar_is_out_at_once_with_cookie_and_token()
    {
        using var here = await SignedIn("one@example.org");
        using var lost = await SignedIn("one@example.org");
        var id = Own(await Devices(lost));
        Assert.That((await here.Send(new HttpRequestMessage(HttpMethod.Delete, $"/api/users/sessions/{id}"))).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));

        Assert.That((await lost.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "the token");
        lost.Token = null;
        Assert.That((await lost.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "the cookie");
        Assert.That((await here.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Devices(here)).Select(d => d["id"]!.GetValue<string>()), Does.Not.Contain(id));
        Assert.That((await here.Send(new HttpRequestMessage(HttpMethod.Delete, $"/api/users/sessions/{id}"))).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_copy_of_a_cookie_is_worth_nothing_after_signing_out()
    {
        using var browser = await SignedIn("one@example.org");
        browser.Token = null;
        using var thief = _server.Browser();
        foreach (var (name, value) in browser.Cookies) thief.Cookies[name] = value;
        Assert.That((await thief.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await browser.Post("/api/users/sign-out");
        Assert.That((await thief.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task All_others_go_at_once_and_nobody_elses()
    {
        using var here = await SignedIn("one@example.org");
        using var second = await SignedIn("one@example.org");
        using var third = await SignedIn("one@example.org");
        using var stranger = await SignedIn("other@example.org");
        await here.Send(new HttpRequestMessage(HttpMethod.Delete, "/api/users/sessions"));
        Assert.That(await Devices(here), Has.Count.EqualTo(1));
        foreach (var gone in new[] { second, third }) Assert.That((await gone.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await stranger.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Of_another_accounts_device_nobody_learns_that_it_exists_but_an_operator()
    {
        using var stranger = await SignedIn("other@example.org");
        using var victim = await SignedIn("one@example.org");
        using var operates = await SignedIn(Email);
        var path = $"/api/users/sessions/{Own(await Devices(victim))}";
        Assert.That((await stranger.Send(new HttpRequestMessage(HttpMethod.Delete, path))).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await victim.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await operates.Send(new HttpRequestMessage(HttpMethod.Delete, path))).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await victim.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task An_operator_sees_and_ends_what_an_account_has_and_nobody_else_does()
    {
        using var stranger = await SignedIn("other@example.org");
        using var victim = await SignedIn("one@example.org");
        using var operates = await SignedIn(Email);
        foreach (var path in new[] { "/api/users/sessions?email=one@example.org", "/api/users/api-keys?email=one@example.org" })
            Assert.That((await stranger.Get(path)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), path);
        Assert.That((await stranger.Send(new HttpRequestMessage(HttpMethod.Delete, "/api/users/sessions?email=one@example.org"))).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await operates.Get("/api/users/sessions?email=nobody@example.org")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));

        var seen = (await operates.Json("/api/users/sessions?email=One@example.org"))["items"]!.AsArray();
        Assert.That(seen.Select(d => d!["id"]!.GetValue<string>()), Does.Contain(Own(await Devices(victim))).And.Not.Contain(Own(await Devices(operates))));
        Assert.That((await operates.Send(new HttpRequestMessage(HttpMethod.Delete, "/api/users/sessions?email=one@example.org"))).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        using var refused = await victim.Get("/api/users/me");
        Assert.That((refused.StatusCode, refused.Headers.WwwAuthenticate.ToString()), Is.EqualTo((HttpStatusCode.Unauthorized, "Bearer")));
        Assert.That((await operates.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private static string Own(IEnumerable<JsonNode> devices) => devices.Single(d => d["current"]!.GetValue<bool>())["id"]!.GetValue<string>();

    private static async Task<List<JsonNode>> Devices(UsersBrowser browser) => [.. (await browser.Json("/api/users/sessions"))["items"]!.AsArray().Select(d => d!)];

    private async Task<UsersBrowser> SignedIn(string email)
    {
        var browser = _server.Browser();
        var answer = await browser.Post("/api/users/sign-in", new { email, password = UsersHost.Password });
        browser.Token = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["accessToken"]!.GetValue<string>();
        return browser;
    }
}
