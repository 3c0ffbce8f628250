using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users.Accounts;
using Streaming.Users.Data;
using Streaming.Users.Sessions;

namespace Streaming.ModuleTests.Users;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class SignInTests(Engine engine, DialMode dial)
{
    private ModuleHost _host = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _host = await UsersHost.Start(engine, dial);
        await _host.Found();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Test]
    public async Task The_right_password_signs_in_whatever_the_case_of_the_address()
    {
        var account = await _host.Join();
        var session = await _host.Send(new SignIn.Command($" {account.Email.ToUpperInvariant()} ", UsersHost.Password));
        Assert.That(session.Value.Account, Is.EqualTo(account.Id));
    }

    [Test]
    public async Task Unknown_and_known_addresses_get_the_same_answers_up_to_the_lockout()
    {
        var known = (await _host.Join()).Email;
        var answers = new Dictionary<string, List<string>> { [known] = [], ["unknown@example.org"] = [] };
        foreach (var (email, given) in answers)
            for (var i = 0; i < 7; i++)
                given.Add((await _host.Send(new SignIn.Command(email, "wrong password"))).Error!.Code);

        Assert.That(answers[known], Is.EqualTo(answers["unknown@example.org"]));
        Assert.That(answers[known], Is.EqualTo(Enumerable.Repeat(SignIn.Invalid, 5).Concat(Enumerable.Repeat(SignIn.Locked, 2))));
    }

    [Test]
    public async Task A_locked_account_opens_again_after_five_minutes_and_not_before()
    {
        var email = (await _host.Join()).Email;
        for (var i = 0; i < 5; i++) await _host.Send(new SignIn.Command(email, "wrong password"));

        _host.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.That((await _host.Send(new SignIn.Command(email, UsersHost.Password))).Error?.Code, Is.EqualTo(SignIn.Locked));
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await _host.Send(new SignIn.Command(email, UsersHost.Password))).IsError, Is.False);
    }

    [Test]
    public async Task Success_forgives_the_failures_before_it()
    {
        var email = (await _host.Join()).Email;
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++) await _host.Send(new SignIn.Command(email, "wrong password"));
            Assert.That((await _host.Send(new SignIn.Command(email, UsersHost.Password))).IsError, Is.False);
        }
    }

    [Test]
    public async Task Guesses_at_once_get_no_more_tries_than_one_by_one()
    {
        var email = (await _host.Join()).Email;
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _host.Send(new SignIn.Command(email, "wrong password"))));
        Assert.That(all.Count(r => r.Error?.Code == SignIn.Invalid), Is.EqualTo(5));
        Assert.That(all.Count(r => r.Error?.Code == SignIn.Locked), Is.EqualTo(15));
    }

    [Test]
    public async Task Attempts_are_kept_as_digests_and_not_longer_than_they_count()
    {
        await _host.Send(new SignIn.Command("mistyped@example.org", "wrong password"));
        _host.Clock.Advance(TimeSpan.FromMinutes(6));
        await _host.Send(new SignIn.Command("other@example.org", "wrong password"));
        var keys = await _host.With<UsersDbContext, List<string>>(db => db.SignInAttempts.Select(a => a.Key).ToListAsync());
        Assert.That(keys, Is.EqualTo(new[] { Lockout.KeyOf("OTHER@EXAMPLE.ORG") }));
    }

    [Test]
    public async Task A_hash_of_weaker_settings_is_renewed_at_sign_in()
    {
        var account = await _host.Join();
        var weak = Convert.ToBase64String([0, .. new byte[48]]);
        await _host.With<UsersDbContext, int>(db => db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, weak)));
        Assert.That((await _host.Send(new SignIn.Command(account.Email, UsersHost.Password))).Error?.Code, Is.EqualTo(SignIn.Invalid));

        var old = new PasswordHasher<Account>(Microsoft.Extensions.Options.Options.Create(
            new PasswordHasherOptions { CompatibilityMode = PasswordHasherCompatibilityMode.IdentityV2 })).HashPassword(new Account(), UsersHost.Password);
        await _host.With<UsersDbContext, int>(db => db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, old)));
        Assert.That((await _host.Send(new SignIn.Command(account.Email, UsersHost.Password))).IsError, Is.False);
        var now = await _host.With<UsersDbContext, string?>(db => db.Accounts.Where(a => a.Id == account.Id).Select(a => a.PasswordHash).SingleAsync());
        Assert.That(now, Is.Not.EqualTo(old));
        Assert.That((await _host.Send(new SignIn.Command(account.Email, UsersHost.Password))).IsError, Is.False);
    }

    [Test]
    public async Task Empty_and_oversized_credentials_are_named()
    {
        Assert.That((await _host.Send(new SignIn.Command("", ""))).Error?.Fields?.Keys, Is.EquivalentTo(new[] { "email", "password" }));
        var huge = new string('x', 1_000_000);
        Assert.That((await _host.Send(new SignIn.Command(huge, huge))).Error?.Fields?.Keys, Is.EquivalentTo(new[] { "email", "password" }));
    }
}
