using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Users;

internal sealed class AccountFormTests
{
    private UsersServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await UsersServer.Start();
        using var browser = _server.Browser();
        await Leads(browser.Submit("/account/register", ("email", "first@example.org"), ("password", UsersHost.Password)), "/register?error=set-up-code-wrong&field=setupCode");
        await Leads(
            browser.Submit("/account/register", ("email", "first@example.org"), ("password", UsersHost.Password), ("setupCode", await _server.SetupCode())), "/");
        Assert.That((await browser.Json("/test/caller"))["roles"]!.AsArray(), Has.Count.EqualTo(3));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task Registering_signs_in_and_leads_to_where_one_came_from()
    {
        using var browser = _server.Browser();
        await Leads(browser.Submit("/account/register", ("email", "ada@example.org"), ("password", UsersHost.Password), ("setupCode", ""), ("returnUrl", "/title/1?a=b")), "/title/1?a=b");
        Assert.That((await browser.Json("/api/users/me"))["email"]!.GetValue<string>(), Is.EqualTo("ada@example.org"));

        using var other = _server.Browser();
        await Leads(other.Submit("/account/register", ("email", "Ada@example.org"), ("password", UsersHost.Password)), "/register?error=email-taken&field=email");
        await Leads(other.Submit("/account/register", ("email", "x"), ("password", UsersHost.Password)), "/register?error=invalid&field=email");
        await Leads(other.Submit("/account/register"), "/register?error=invalid&field=email");
        await Leads(other.Submit("/account/register", ("email", "b@example.org"), ("password", UsersHost.Password), ("setupCode", "X")), "/register?error=set-up-code-used&field=setupCode");
    }

    [Test]
    public async Task Signing_in_out_and_being_locked_out()
    {
        using var browser = _server.Browser();
        await Leads(browser.Submit("/account/sign-in", ("email", "first@example.org"), ("password", UsersHost.Password)), "/");
        await Leads(browser.Submit("/account/sign-out"), "/sign-in");
        Assert.That((await browser.Get("/api/users/me")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));

        for (var i = 0; i < 5; i++)
            await Leads(browser.Submit("/account/sign-in", ("email", "nobody@example.org"), ("password", "wrong"), ("returnUrl", "/x")), "/sign-in?error=invalid&returnUrl=%2Fx");
        await Leads(browser.Submit("/account/sign-in", ("email", "nobody@example.org"), ("password", "wrong")), "/sign-in?error=locked");
    }

    [Test]
    public async Task A_household_makes_profiles_and_chooses_after_signing_in()
    {
        using var browser = _server.Browser();
        await Leads(browser.Submit("/account/register", ("email", "home@example.org"), ("password", UsersHost.Password)), "/");
        await Leads(browser.Submit("/account/profiles", ("name", "Kid"), ("maturityLimit", "7")), "/profiles");
        await Leads(browser.Submit("/account/profiles", ("name", "Kid"), ("maturityLimit", "seven")), "/profiles?error=invalid&field=maturityLimit");
        await Leads(browser.Submit("/account/profiles", ("name", "a\u0007b"), ("maturityLimit", "7")), "/profiles?error=invalid&field=name");
        await Leads(browser.Submit("/account/sign-in", ("email", "home@example.org"), ("password", UsersHost.Password), ("returnUrl", "/x")), "/profiles?returnUrl=%2Fx");

        var kid = (await browser.Json("/api/users/profiles"))["items"]!.AsArray().Single(p => p!["name"]!.GetValue<string>() == "Kid")!["id"]!.GetValue<string>();
        await Leads(browser.Submit("/account/profiles/choose", ("profileId", "nonsense")), "/profiles?error=not-found");
        await Leads(browser.Submit("/account/profiles/choose", ("profileId", kid), ("returnUrl", "//evil.example")), "/");
        Assert.That((await browser.Json("/test/caller"))["profileId"]!.GetValue<string>(), Is.EqualTo(kid));
    }

    [Test]
    public async Task Whoever_is_not_signed_in_is_led_there()
    {
        using var browser = _server.Browser();
        await Leads(browser.Submit("/account/profiles", ("name", "Kid"), ("maturityLimit", "7")), "/sign-in?returnUrl=%2Fprofiles");
        await Leads(browser.Submit("/account/profiles/choose", ("profileId", $"{Guid.CreateVersion7()}")), "/sign-in?returnUrl=%2Fprofiles");
    }

    [Test]
    public async Task A_form_without_its_antiforgery_token_does_nothing()
    {
        using var browser = _server.Browser();
        var forged = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = "first@example.org", ["password"] = UsersHost.Password });
        await Leads(browser.Send(new HttpRequestMessage(HttpMethod.Post, "/account/sign-in") { Content = forged }), "/sign-in?error=expired");
        Assert.That(browser.Cookies, Does.Not.ContainKey("streaming"));
        await Leads(browser.Send(new HttpRequestMessage(HttpMethod.Post, "/account/register") { Content = new StringContent("{}") }), "/register?error=invalid");
    }

    [Test]
    public async Task An_oversized_form_is_not_read_and_one_of_too_many_fields_is_refused()
    {
        using var browser = _server.Browser();
        var huge = await browser.Submit("/account/sign-in", ("email", new string('x', 40_000)));
        Assert.That(huge.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        var many = Enumerable.Repeat(("a", ""), 3000).ToArray();
        await Leads(browser.Submit("/account/sign-in", many), "/sign-in?error=invalid");
    }

    [Test]
    public async Task A_form_that_breaks_off_is_refused()
    {
        using var browser = _server.Browser();
        var broken = new StringContent("nothing of the kind");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await Leads(browser.Send(new HttpRequestMessage(HttpMethod.Post, "/account/sign-in") { Content = broken }), "/sign-in?error=invalid");
    }

    [Test]
    public async Task A_database_that_does_not_answer_is_not_told_as_a_wrong_password()
    {
        await using var server = await UsersServer.Start();
        using var browser = server.Browser();
        foreach (var database in server.Services.GetRequiredService<Dependencies>().All.Where(d => d.Destination == "users")) await database.Isolate();

        await Leads(browser.Submit("/account/sign-in", ("email", "first@example.org"), ("password", UsersHost.Password)), "/sign-in?error=unavailable");
        await Leads(browser.Submit("/account/register", ("email", "a@example.org"), ("password", UsersHost.Password)), "/register?error=unavailable");
    }

    private static async Task Leads(Task<HttpResponseMessage> posting, string location)
    {
        using var response = await posting;
        Assert.That((response.StatusCode, response.Headers.Location?.OriginalString), Is.EqualTo((HttpStatusCode.SeeOther, location)));
    }
}
