using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Users.Accounts;
using Streaming.Users.Data;

namespace Streaming.ModuleTests.Users;

internal sealed class SessionHttpTests
{
    private UsersServer _server = null!;
    private int _accounts;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await UsersServer.Start();
        using var browser = _server.Browser();
        var body = new { email = "first@example.org", password = UsersHost.Password, setupCode = await _server.SetupCode() };
        var registered = await browser.Post("/api/users/register", body);
        Assert.That(registered.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(registered.Headers.Location?.ToString(), Is.EqualTo("/api/users/me"));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task Signing_in_sets_a_strict_cookie_and_answers_a_token_and_both_are_the_account()
    {
        using var browser = _server.Browser();
        var email = await Register(browser);
        var response = await browser.Post("/api/users/sign-in", new { email, password = UsersHost.Password });
        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.That(cookie, Does.StartWith("streaming=").And.Contain("samesite=lax").And.Contain("httponly").And.Contain("expires="));
        Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.That(answer["expiresInSeconds"]!.GetValue<int>(), Is.EqualTo(12 * 3600));
        Assert.That((await browser.Json("/api/users/me"))["email"]!.GetValue<string>(), Is.EqualTo(email));

        using var program = _server.Browser();
        program.Token = answer["accessToken"]!.GetValue<string>();
        Assert.That((await program.Json("/api/users/me"))["email"]!.GetValue<string>(), Is.EqualTo(email));
        Assert.That((await program.Json("/test/caller"))["maturityLimit"]!.GetValue<int>(), Is.EqualTo(18), "the only profile is chosen by itself");
    }

    [TestCase("Sec-Fetch-Site", "cross-site", "same-origin")]
    [TestCase("Sec-Fetch-Site", "same-site", "none")]
    [TestCase("Origin", "http://elsewhere.example", null)]
    [TestCase("Origin", "null", null)]
    public async Task Another_site_changes_nothing_with_the_cookie(string header, string site, string? ownSite)
    {
        using var browser = await SignedIn();
        browser.Token = null;
        var forged = new HttpRequestMessage(HttpMethod.Post, "/api/users/profiles") { Content = JsonContent.Create(new { name = "Mallory", maturityLimit = 18 }) };
        forged.Headers.Add(header, site);
        Assert.That((await browser.Send(forged)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await browser.Json("/api/users/profiles"))["items"]!.AsArray(), Has.Count.EqualTo(1));

        var link = new HttpRequestMessage(HttpMethod.Get, "/api/users/me");
        link.Headers.Add(header, site);
        Assert.That((await browser.Send(link)).StatusCode, Is.EqualTo(HttpStatusCode.OK), "a link leads in");
        var own = new HttpRequestMessage(HttpMethod.Post, "/api/users/profiles") { Content = JsonContent.Create(new { name = "Ada", maturityLimit = 18 }) };
        own.Headers.Add(header, ownSite ?? _server.Url.GetLeftPart(UriPartial.Authority));
        Assert.That((await browser.Send(own)).StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Signing_out_takes_the_cookie_back()
    {
        using var browser = await SignedIn();
        browser.Token = null;
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await browser.Post("/api/users/sign-out")).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Wrong_credentials_are_401_and_a_locked_address_429_with_a_time_to_wait()
    {
        using var browser = _server.Browser();
        var body = new { email = "locked@example.org", password = "wrong password" };
        for (var i = 0; i < 5; i++) await Problem(await browser.Post("/api/users/sign-in", body), HttpStatusCode.Unauthorized, "urn:streaming:users:invalid-credentials");
        var locked = await browser.Post("/api/users/sign-in", body);
        await Problem(locked, HttpStatusCode.TooManyRequests, "urn:streaming:users:locked");
        Assert.That(locked.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromMinutes(5)));
    }

    [Test]
    public async Task A_tampered_or_expired_token_is_refused_even_where_nobody_need_sign_in()
    {
        using var program = await SignedIn();
        program.Cookies.Clear();
        var good = program.Token!;
        Assert.That((await program.Get("/test/caller")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        foreach (var bad in new[] { good[..^8] + "AAAAAAAA", "nonsense", "opk_" + good })
        {
            program.Token = bad;
            await Problem(await program.Get("/test/caller"), HttpStatusCode.Unauthorized, "urn:streaming:error:sign-in-required");
        }

        program.Token = good;
        _server.Clock.Advance(TimeSpan.FromHours(12));
        await Problem(await program.Get("/api/users/me"), HttpStatusCode.Unauthorized, "urn:streaming:error:sign-in-required");
    }

    [Test]
    public async Task A_tampered_cookie_is_nobody_and_an_old_one_too_unless_it_was_used()
    {
        using var browser = await SignedIn();
        browser.Token = null;
        var good = browser.Cookies["streaming"];
        browser.Cookies["streaming"] = good[..^8] + "AAAAAAAA";
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));

        browser.Cookies["streaming"] = good;
        _server.Clock.Advance(TimeSpan.FromDays(8));
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(browser.Cookies["streaming"], Is.Not.EqualTo(good), "used past its half, the cookie is renewed");
        _server.Clock.Advance(TimeSpan.FromDays(8));
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        browser.Cookies["streaming"] = good;
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_new_security_stamp_ends_every_session_within_half_a_minute()
    {
        using var browser = await SignedIn();
        var id = (await browser.Json("/api/users/me"))["id"]!.GetValue<Guid>();
        await using var scope = _server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<UsersDbContext>().Accounts.Where(a => a.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.SecurityStamp, "changed"));
        _server.Clock.Advance(KnownAccounts.Lifetime);
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "by token");
        browser.Token = null;
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "by cookie");
    }

    [Test]
    public async Task A_profile_is_chosen_by_session_or_by_header_and_its_limit_follows_at_once()
    {
        using var browser = await SignedIn();
        browser.Token = null;
        var made = await browser.Post("/api/users/profiles", new { name = "Kid", maturityLimit = 7 });
        Assert.That(made.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        var kid = (await browser.Json(made.Headers.Location!.ToString()))["id"]!.GetValue<string>();
        Assert.That((await browser.Json("/test/caller"))["maturityLimit"]!.GetValue<int>(), Is.EqualTo(18), "a new profile leaves the session as it was");

        var chosen = await browser.Post($"/api/users/profiles/{kid}/choose");
        Assert.That(chosen.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var caller = await browser.Json("/test/caller");
        Assert.That((caller["profileId"]!.GetValue<string>(), caller["maturityLimit"]!.GetValue<int>()), Is.EqualTo((kid, 7)));

        var patched = await browser.Send(new HttpRequestMessage(HttpMethod.Patch, $"/api/users/profiles/{kid}") { Content = JsonContent.Create(new { maturityLimit = 0 }) });
        Assert.That(patched.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await browser.Json("/test/caller"))["maturityLimit"]!.GetValue<int>(), Is.EqualTo(0));

        var others = (await browser.Json("/api/users/profiles"))["items"]!.AsArray();
        browser.Profile = others.Select(p => p!["id"]!.GetValue<string>()).Single(id => id != kid);
        Assert.That((await browser.Json("/test/caller"))["maturityLimit"]!.GetValue<int>(), Is.EqualTo(18));

        browser.Profile = null;
        Assert.That((await browser.Send(new HttpRequestMessage(HttpMethod.Delete, $"/api/users/profiles/{kid}"))).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await browser.Json("/test/caller"))["profileId"]!.GetValue<string>(), Is.Not.EqualTo(kid), "the one that is left");
    }

    [Test]
    public async Task The_token_answered_by_choosing_carries_the_profile()
    {
        using var program = await SignedIn();
        program.Cookies.Clear();
        var made = await program.Post("/api/users/profiles", new { name = "Kid", maturityLimit = 13 });
        var chosen = await program.Post(made.Headers.Location + "/choose");
        Assert.That(chosen.Headers.Contains("Set-Cookie"), Is.False);
        program.Token = JsonNode.Parse(await chosen.Content.ReadAsStringAsync())!["accessToken"]!.GetValue<string>();
        Assert.That((await program.Json("/test/caller"))["maturityLimit"]!.GetValue<int>(), Is.EqualTo(13));
    }

    [Test]
    public async Task The_header_of_another_accounts_profile_is_refused()
    {
        using var stranger = await SignedIn();
        var theirs = (await stranger.Json("/api/users/profiles"))["items"]![0]!["id"]!.GetValue<string>();
        using var browser = await SignedIn();
        browser.Profile = theirs;
        await Problem(await browser.Get("/test/caller"), HttpStatusCode.NotFound, "urn:streaming:error:not-found");
        browser.Profile = "nonsense";
        await Problem(await browser.Get("/test/caller"), HttpStatusCode.UnprocessableEntity, "urn:streaming:error:invalid");
    }

    [Test]
    public async Task The_operator_key_is_an_operator_whom_no_limit_binds()
    {
        using var program = _server.Browser();
        program.Token = (await File.ReadAllTextAsync(Path.Combine(_server.Folder, "keys", "operator.key"))).Trim();
        var caller = await program.Json("/test/caller");
        Assert.That(caller["maturityLimit"]!.GetValue<int>(), Is.EqualTo(18));
        Assert.That(caller["roles"]!.AsArray().Select(r => r!.GetValue<string>()), Does.Contain("operator"));
        Assert.That((await program.Json("/api/users/accounts?limit=1"))["items"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Programs_get_problems_and_pages_the_way_to_sign_in()
    {
        using var nobody = _server.Browser();
        await Problem(await nobody.Get("/api/test/operators"), HttpStatusCode.Unauthorized, "urn:streaming:error:sign-in-required");
        var page = await nobody.Get("/test/page?a=1&b=2");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(page.Headers.Location?.OriginalString, Is.EqualTo("/sign-in?returnUrl=%2Ftest%2Fpage%3Fa%3D1%26b%3D2"));

        using var viewer = await SignedIn();
        await Problem(await viewer.Get("/api/test/operators"), HttpStatusCode.Forbidden, "urn:streaming:error:role-required");
    }

    [TestCase("{\"email\": 5}", HttpStatusCode.BadRequest)]
    [TestCase("{\"email\": \"a@example.org\", \"password\": ", HttpStatusCode.BadRequest)]
    [TestCase("{\"email\": \"\\ud800@example.org\", \"password\": \"long enough\"}", HttpStatusCode.BadRequest)]
    [TestCase("{}", HttpStatusCode.UnprocessableEntity)]
    [TestCase("{\"email\": null, \"password\": null}", HttpStatusCode.UnprocessableEntity)]
    public async Task A_body_that_is_not_right_is_named_and_never_a_fault_of_the_server(string body, HttpStatusCode expected)
    {
        using var browser = _server.Browser();
        foreach (var path in new[] { "/api/users/register", "/api/users/sign-in" })
        {
            var response = await browser.Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
            Assert.That(response.StatusCode, Is.EqualTo(expected), path);
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        }
    }

    [Test]
    public async Task A_body_of_more_than_32_KiB_is_not_read()
    {
        using var browser = _server.Browser();
        var response = await browser.Post("/api/users/sign-in", new { email = new string('x', 40_000), password = "x" });
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    private async Task<string> Register(UsersBrowser browser)
    {
        var email = $"viewer{++_accounts}@example.org";
        Assert.That((await browser.Post("/api/users/register", new { email, password = UsersHost.Password })).StatusCode, Is.EqualTo(HttpStatusCode.Created));
        return email;
    }

    private async Task<UsersBrowser> SignedIn()
    {
        var browser = _server.Browser();
        var response = await browser.Post("/api/users/sign-in", new { email = await Register(browser), password = UsersHost.Password });
        browser.Token = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["accessToken"]!.GetValue<string>();
        return browser;
    }

    private static async Task Problem(HttpResponseMessage response, HttpStatusCode status, string type)
    {
        Assert.That(response.StatusCode, Is.EqualTo(status));
        Assert.That(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["type"]!.GetValue<string>(), Is.EqualTo(type));
    }
}
