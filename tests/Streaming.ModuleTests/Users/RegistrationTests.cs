using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users;
using Streaming.Users.Accounts;

namespace Streaming.ModuleTests.Users;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class RegistrationTests(Engine engine, DialMode dial)
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
    public async Task A_later_account_is_a_viewer_with_one_profile_named_after_the_address()
    {
        var account = await _host.Join("ada.lovelace@example.org");
        var profiles = await _host.Send(new GetProfiles(), account.AsCaller());

        Assert.That(account.Roles, Is.EqualTo(new[] { Roles.Viewer }));
        Assert.That(account.Id.Version, Is.EqualTo(7));
        Assert.That(profiles.Value.Items.Single(), Is.EqualTo(new ProfileView(profiles.Value.Items[0].Id, "ada.lovelace", 18, 0)));
    }

    [Test]
    public async Task An_address_is_taken_whatever_its_case()
    {
        await _host.Join("grace@example.org");
        var again = await _host.Send(new Register.Command("GRACE@Example.org", UsersHost.Password));
        Assert.That(again.Error?.Code, Is.EqualTo("users:email-taken"));
    }

    [Test]
    public async Task Of_two_registrations_with_one_address_at_once_one_is_told_that_it_is_taken()
    {
        var both = await Task.WhenAll(
            _host.Send(new Register.Command("twin@example.org", UsersHost.Password)),
            _host.Send(new Register.Command("twin@example.org", UsersHost.Password)));
        Assert.That(both.Select(r => r.Error?.Code), Is.EquivalentTo(new[] { null, "users:email-taken" }));
    }

    [TestCase("12345678", true)]
    [TestCase("        ", false)]
    [TestCase("1234567", false)]
    [TestCase("", false)]
    public async Task Length_alone_makes_a_password_good_unless_it_is_blank(string password, bool good)
    {
        var result = await _host.Send(new Register.Command($"{Guid.NewGuid():N}@example.org", password));
        Assert.That(result.Error?.Fields?.Keys, good ? Is.Null : Is.EqualTo(new[] { "password" }));
    }

    [TestCase("")]
    [TestCase("nobody")]
    [TestCase("a@b@c")]
    [TestCase("Ada <ada@example.org>")]
    [TestCase("ada@exam ple.org")]
    [TestCase("ada\r\nBcc: x@example.org")]
    [TestCase("ada\0@example.org")]
    public async Task What_is_no_address_is_refused(string email)
    {
        var result = await _host.Send(new Register.Command(email, UsersHost.Password));
        Assert.That(result.Error?.Fields?.Keys, Is.EqualTo(new[] { "email" }));
    }

    [Test]
    public async Task Oversized_fields_are_refused_each_by_name()
    {
        var huge = new string('x', 100_000);
        var result = await _host.Send(new Register.Command($"{huge}@example.org", huge, huge));
        Assert.That(result.Error?.Fields?.Keys, Is.EquivalentTo(new[] { "email", "password", "setupCode" }));
    }

    [Test]
    public async Task Whoever_has_signed_in_reads_the_own_account()
    {
        var account = await _host.Join();
        Assert.That((await _host.Send(new GetAccount(), account.AsCaller())).Value.Email, Is.EqualTo(account.Email));
        Assert.That((await _host.Send(new GetAccount(), Caller.Anonymous)).Error?.Code, Is.EqualTo(Error.SignInRequired));
        Assert.That((await _host.Send(new GetSetupState(), Caller.Anonymous)).Value, Is.EqualTo(new SetupState(true, true)));
    }
}
