using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users;
using Streaming.Users.Accounts;
using Streaming.Users.Sessions;

namespace Streaming.ModuleTests.Users;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
[TestFixture(Engine.Sqlite)]
[TestFixture(Engine.Postgres)]
internal sealed class FirstAccountTests(Engine engine)
{
    [Test]
    public async Task The_set_up_code_makes_one_operator_and_dies()
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess);
        var code = await host.SetupCode();
        var file = Path.Combine(host.Folder, "setup-code.txt");
        Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That((await host.Send(new GetSetupState(), Caller.Anonymous)).Value.HasAccounts, Is.False);

        foreach (var wrong in new[] { null, "", "AAAAA-AAAAA-AAAAA-AAAAA", code[..^1], code + "0" })
            Assert.That(
                (await host.Send(new Register.Command("a@example.org", UsersHost.Password, wrong))).Error?.Code, Is.EqualTo("users:set-up-code-wrong"));

        var first = await host.Send(new Register.Command("a@example.org", UsersHost.Password, code.Replace("-", " ").ToLowerInvariant()));
        Assert.That(first.Value.Roles, Is.EqualTo(new[] { Roles.Viewer, Roles.Publisher, Roles.Operator }));
        Assert.That(File.Exists(file), Is.False);

        var replayed = await host.Send(new Register.Command("b@example.org", UsersHost.Password, code));
        Assert.That(replayed.Error?.Code, Is.EqualTo("users:set-up-code-used"));
    }

    [Test]
    public async Task Of_many_first_registrations_at_once_one_becomes_operator()
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess);
        var code = await host.SetupCode();

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            host.Send(new Register.Command($"racer{i}@example.org", UsersHost.Password, code))));

        Assert.That(all.Count(r => !r.IsError), Is.EqualTo(1), string.Join(", ", all.Select(r => r.ToString())));
        var page = await host.Send(new ListAccounts.Query());
        Assert.That(page.Value.Items.Count(a => a.Roles.Contains(Roles.Operator)), Is.EqualTo(1));
    }

    [Test]
    public async Task Two_processes_with_a_code_each_still_make_one_operator()
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess);
        var codes = new[] { "one", "two" };
        var openings = await Task.WhenAll(codes.Select(name => host.With<AccountOpening, Result<Account>>(
            opening => opening.Open($"{name}@example.org", UsersHost.Password, asFounder: true, CancellationToken.None))));
        Assert.That(openings.Select(o => o.Error?.Code), Is.EquivalentTo(new[] { null, "users:set-up-code-used" }));
    }

    [Test]
    public async Task A_start_with_accounts_removes_a_code_left_behind_and_makes_none()
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess);
        await host.Found();
        var file = Path.Combine(host.Folder, "setup-code.txt");
        await File.WriteAllTextAsync(file, "AAAAA-AAAAA-AAAAA-AAAAA");

        await host.Preparation().StartAsync(CancellationToken.None);
        Assert.That(File.Exists(file), Is.False);
    }

    [TestCase("users:operator:email", "users:operator:password")]
    [TestCase("STREAMING_OPERATOR_EMAIL", "STREAMING_OPERATOR_PASSWORD")]
    public async Task An_unattended_start_makes_the_operator_once(string emailKey, string passwordKey)
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess, (emailKey, "ops@example.org"), (passwordKey, UsersHost.Password));
        await host.Preparation().StartAsync(CancellationToken.None);
        await host.Preparation().StartAsync(CancellationToken.None);

        var page = await host.Send(new ListAccounts.Query());
        Assert.That(page.Value.Items.Single().Roles, Does.Contain(Roles.Operator));
        Assert.That((await host.Send(new SignIn.Command("ops@example.org", UsersHost.Password))).IsError, Is.False);
        Assert.That(File.Exists(Path.Combine(host.Folder, "setup-code.txt")), Is.False);
    }

    [TestCase("ops@example.org", "short")]
    [TestCase("ops@example.org", "")]
    [TestCase("not an address", "long enough")]
    public async Task A_wrong_unattended_operator_stops_the_start_and_names_the_variables(string email, string password)
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess, ("users:operator:email", email), ("users:operator:password", password));
        var failure = Assert.ThrowsAsync<InvalidOperationException>(() => host.Preparation().StartAsync(CancellationToken.None));
        Assert.That(failure?.Message, Does.Contain("STREAMING_OPERATOR_PASSWORD"));
        Assert.That((await host.Send(new GetSetupState())).Value.HasAccounts, Is.False);
    }

    [Test]
    public async Task Closed_registration_lets_the_first_account_in_and_nobody_else()
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess, ("users:registration:open", "false"));
        await host.Found();
        var later = await host.Send(new Register.Command("b@example.org", UsersHost.Password));
        Assert.That(later.Error?.Code, Is.EqualTo("users:registration-closed"));
        Assert.That((await host.Send(new GetSetupState())).Value.RegistrationOpen, Is.False);
    }

    [Test]
    public async Task The_operator_key_is_new_at_every_start_and_only_for_its_owner()
    {
        await using var host = await UsersHost.Start(engine, DialMode.InProcess);
        var key = host.Services.GetRequiredService<OperatorKey>();
        await key.StartAsync(CancellationToken.None);
        var first = (await File.ReadAllTextAsync(key.Path)).Trim();
        await key.StartAsync(CancellationToken.None);
        var second = (await File.ReadAllTextAsync(key.Path)).Trim();

        Assert.That(key.Path, Is.EqualTo(Path.Combine(host.Folder, "keys", "operator.key")));
        Assert.That(File.GetUnixFileMode(key.Path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That((key.Matches(first), key.Matches(second), key.Matches(second + "x"), key.Matches("")), Is.EqualTo((false, true, false, false)));
    }
}
