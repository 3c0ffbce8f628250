using System.Net;
using System.Net.Http.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

/// <summary>What the pages for strangers offer, which follows from the settings.</summary>
[Parallelizable(ParallelScope.Self)]
public sealed class AccountPageTests
{
    [Test]
    public async Task Where_registration_is_closed_no_page_offers_it()
    {
        await using var host = await TestHost.Start(null, ("users:registration:open", "false"));
        using var stranger = host.Anonymous();

        var signIn = await stranger.GetStringAsync("/sign-in");
        var register = await stranger.GetStringAsync("/register");

        Assert.Multiple(() =>
        {
            Assert.That(signIn, Does.Contain("action=\"/account/sign-in\"").And.Not.Contain("/register"));
            Assert.That(register, Does.Contain("New accounts are not open here").And.Not.Contain("<form"));
        });
    }

    [Test]
    public async Task Where_it_is_open_pages_say_how_long_a_password_has_to_be()
    {
        await using var host = await TestHost.Start();
        using var stranger = host.Anonymous();

        var signIn = await stranger.GetStringAsync("/sign-in");
        var register = await stranger.GetStringAsync("/register");
        var again = await stranger.GetStringAsync("/register?error=invalid&field=password");
        using var shorter = await stranger.PostAsJsonAsync("/api/users/register", new { email = "a@example.test", password = new string('x', Users.PasswordLength.Shortest - 1) });
        var least = $"at least {Users.PasswordLength.Shortest} characters";

        Assert.Multiple(() =>
        {
            Assert.That(signIn, Does.Contain("href=\"/register\""));
            Assert.That(register, Does.Contain(least).IgnoreCase.And.Contain($"minlength=\"{Users.PasswordLength.Shortest}\""));
            Assert.That(again, Does.Contain($"Choose a longer password: {least}"));
            Assert.That(shorter.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        });
    }
}
