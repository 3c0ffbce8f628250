using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users.Sessions;

namespace Streaming.ModuleTests.Users;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class ResetPasswordTests(Engine engine, DialMode dial)
{
    private const string New = "another long password";

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
    public async Task The_new_password_is_the_only_one_and_opens_a_locked_account_and_ends_its_sessions()
    {
        var email = (await _host.Join()).Email;
        var before = (await _host.Send(new SignIn.Command(email, UsersHost.Password))).Value;
        for (var i = 0; i < 6; i++) await _host.Send(new SignIn.Command(email, "forgotten"));

        Assert.That((await _host.Send(new ResetPassword.Command(email.ToUpperInvariant(), New))).Error, Is.Null);

        Assert.That((await _host.Send(new SignIn.Command(email, UsersHost.Password))).Error?.Code, Is.EqualTo(SignIn.Invalid));
        var after = await _host.Send(new SignIn.Command(email, New));
        Assert.That(after.Value.Stamp, Is.Not.EqualTo(before.Stamp), "sessions with the old stamp are over");
    }

    [Test]
    public async Task Only_operators_reset_and_only_what_is_there_to_what_may_be_one()
    {
        var viewer = await _host.Join();
        Assert.That((await _host.Send(new ResetPassword.Command(viewer.Email, New), viewer.AsCaller())).Error?.Code, Is.EqualTo("role-required"));
        Assert.That((await _host.Send(new ResetPassword.Command(viewer.Email, New), Caller.Anonymous)).Error?.Code, Is.EqualTo(Error.SignInRequired));
        Assert.That((await _host.Send(new ResetPassword.Command("nobody@example.org", New))).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _host.Send(new ResetPassword.Command("nobody", "short"))).Error?.Fields?.Keys, Is.EquivalentTo(new[] { "email", "password" }));
        Assert.That(new ResetPassword.Command(viewer.Email, New).ToString(), Does.Not.Contain(New));
    }
}
