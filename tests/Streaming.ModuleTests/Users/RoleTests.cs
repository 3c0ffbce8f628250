using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users;
using Streaming.Users.Accounts;

namespace Streaming.ModuleTests.Users;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class RoleTests(Engine engine, DialMode dial)
{
    private ModuleHost _host = null!;
    private AccountView _operator = null!;

    [SetUp]
    public async Task Start()
    {
        _host = await UsersHost.Start(engine, dial);
        _operator = await _host.Found();
    }

    [TearDown]
    public async Task Stop()
    {
        // Where there is no PostgreSQL the set-up was skipped before it made one.
        if (_host is not null) await _host.DisposeAsync();
    }

    [Test]
    public async Task An_operator_grants_and_takes_roles_and_others_do_not()
    {
        var viewer = await _host.Join();
        Assert.That((await Assign(viewer, viewer.Id, Roles.Operator)).Error?.Code, Is.EqualTo("role-required"));
        Assert.That((await _host.Send(new ListAccounts.Query(), viewer.AsCaller())).Error?.Code, Is.EqualTo("role-required"));

        Assert.That((await Assign(_operator, viewer.Id, Roles.Publisher)).Value.Roles, Is.EqualTo(new[] { Roles.Viewer, Roles.Publisher }));
        Assert.That((await Assign(_operator, viewer.Id, Roles.Viewer)).Value.Roles, Is.EqualTo(new[] { Roles.Viewer }));
        Assert.That((await Assign(_operator, viewer.Id, "admin")).Error?.Fields?.Keys, Is.EqualTo(new[] { "roles" }));
        Assert.That((await Assign(_operator, Guid.CreateVersion7(), Roles.Viewer)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
    }

    [Test]
    public async Task The_last_operator_stays_one_also_when_two_depose_each_other_at_once()
    {
        Assert.That((await Assign(_operator, _operator.Id, Roles.Viewer)).Error?.Code, Is.EqualTo("users:last-operator"));

        var second = (await Assign(_operator, (await _host.Join()).Id, Roles.Operator)).Value;
        await Task.WhenAll(Assign(_operator, second.Id, Roles.Viewer), Assign(second, _operator.Id, Roles.Viewer));
        var accounts = (await _host.Send(new ListAccounts.Query())).Value.Items;
        Assert.That(accounts.Count(a => a.Roles.Contains(Roles.Operator)), Is.EqualTo(1));
    }

    [Test]
    public async Task Accounts_come_in_pages_that_a_new_account_does_not_shift()
    {
        var all = new List<Guid> { _operator.Id };
        for (var i = 0; i < 4; i++)
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(5));
            all.Add((await _host.Join()).Id);
        }

        var first = (await _host.Send(new ListAccounts.Query(2))).Value;
        var second = (await _host.Send(new ListAccounts.Query(2, first.Next))).Value;
        var third = (await _host.Send(new ListAccounts.Query(2, second.Next))).Value;
        Assert.That(first.Items.Concat(second.Items).Concat(third.Items).Select(a => a.Id), Is.EqualTo(all));
        Assert.That(third.Next, Is.Null);
        Assert.That((await _host.Send(new ListAccounts.Query(0, "nonsense"))).Error?.Fields?.Keys, Is.EquivalentTo(new[] { "limit", "after" }));
    }

    private Task<Result<AccountView>> Assign(AccountView by, Guid account, params string[] roles) =>
        _host.Send(new AssignRoles.Command(account, roles), by.AsCaller());
}
