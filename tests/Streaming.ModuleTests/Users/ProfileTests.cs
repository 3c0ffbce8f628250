using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users;
using Streaming.Users.Accounts;
using Streaming.Users.Data;
using Streaming.Users.Profiles;
using Streaming.Users.Sessions;

namespace Streaming.ModuleTests.Users;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class ProfileTests(Engine engine, DialMode dial)
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
    public async Task Up_to_five_profiles_oldest_first_each_with_a_colour_of_its_own()
    {
        var caller = (await _host.Join()).AsCaller();
        foreach (var limit in new[] { 0, 7, 13, 16 })
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(5));
            Assert.That((await Create(caller, $"Under {limit}", limit)).Value.MaturityLimit, Is.EqualTo(limit));
        }

        Assert.That((await Create(caller, "Sixth", 18)).Error?.Code, Is.EqualTo("users:too-many-profiles"));
        var items = (await _host.Send(new GetProfiles(), caller)).Value.Items;
        Assert.That(items.Select(p => p.MaturityLimit), Is.EqualTo(new[] { 18, 0, 7, 13, 16 }));
        Assert.That(items.Select(p => p.Colour).Distinct().Count(), Is.EqualTo(5));
    }

    [Test]
    public async Task Creations_at_once_do_not_pass_five()
    {
        var caller = (await _host.Join()).AsCaller();
        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Create(caller, $"Twin {i}", 7)));
        var count = (await _host.Send(new GetProfiles(), caller)).Value.Items.Count;
        Assert.That(count, Is.EqualTo(1 + all.Count(r => !r.IsError)).And.LessThanOrEqualTo(5));
        Assert.That(all.Where(r => r.IsError).Select(r => r.Error!.Kind), Is.All.EqualTo(ErrorKind.Conflict));
    }

    [Test]
    public async Task The_same_order_twice_makes_one_profile()
    {
        var caller = (await _host.Join()).AsCaller();
        var order = new CreateProfile.Command(Guid.CreateVersion7(), "Once", 13);
        var (first, second) = (await _host.Send(order, caller), await _host.Send(order, caller));
        Assert.That(second.Value, Is.EqualTo(first.Value));
        Assert.That((await _host.Send(order with { Name = "Other" }, caller)).Error?.Code, Is.EqualTo("command-id-reused"));

        var stranger = (await _host.Join()).AsCaller();
        var stolen = await _host.Send(order, stranger);
        Assert.That(stolen.Error?.Code, Is.EqualTo("command-id-reused"));
    }

    [TestCase("Ada", true)]
    [TestCase("Дети и 子供 👩‍👩‍👧", true)]
    [TestCase("1234567890123456789012345678901234567890", true)]
    [TestCase("12345678901234567890123456789012345678901", false)]
    [TestCase("", false)]
    [TestCase("   ", false)]
    [TestCase("\u200b\u200b", false)]
    [TestCase("two\nlines", false)]
    [TestCase("bell\u0007", false)]
    [TestCase("nul\0", false)]
    [TestCase("turned \u202e round", false)]
    [TestCase("line\u2028separator", false)]
    public async Task A_name_is_one_line_of_1_to_40_characters(string name, bool good)
    {
        var caller = (await _host.Join()).AsCaller();
        var created = await Create(caller, name, 7);
        Assert.That(created.Error?.Fields?.Keys, good ? Is.Null : Is.EqualTo(new[] { "name" }));
        if (good) Assert.That((await _host.Send(new ReadProfile.Query(created.Value.Id), caller)).Value.Name, Is.EqualTo(name));
    }

    [TestCase(-1)]
    [TestCase(1)]
    [TestCase(17)]
    [TestCase(21)]
    [TestCase(int.MaxValue)]
    [TestCase(null)]
    public async Task A_limit_is_one_of_five_ages(int? limit)
    {
        var caller = (await _host.Join()).AsCaller();
        Assert.That((await Create(caller, "Kid", limit)).Error?.Fields?.Keys, Is.EqualTo(new[] { "maturityLimit" }));
    }

    [Test]
    public async Task A_change_leaves_alone_what_it_does_not_name()
    {
        var caller = (await _host.Join()).AsCaller();
        var made = (await Create(caller, "Kid", 7)).Value;
        var changed = await _host.Send(new ChangeProfile.Command(made.Id, MaturityLimit: 13), caller);
        Assert.That(changed.Value, Is.EqualTo(made with { MaturityLimit = 13 }));
        var renamed = await _host.Send(new ChangeProfile.Command(made.Id, Name: " Teen ", Colour: 7), caller);
        Assert.That(renamed.Value, Is.EqualTo(made with { MaturityLimit = 13, Name = "Teen", Colour = 7 }));

        var wrong = await _host.Send(new ChangeProfile.Command(made.Id, Name: "", MaturityLimit: 5, Colour: 8), caller);
        Assert.That(wrong.Error?.Fields?.Keys, Is.EquivalentTo(new[] { "name", "maturityLimit", "colour" }));
    }

    [Test]
    public async Task Of_another_accounts_profile_nobody_learns_that_it_exists()
    {
        var theirs = (await _host.Send(new GetProfiles(), (await _host.Join()).AsCaller())).Value.Items[0].Id;
        var caller = (await _host.Join()).AsCaller();
        Assert.That((await _host.Send(new ReadProfile.Query(theirs), caller)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _host.Send(new ChangeProfile.Command(theirs, "Mine"), caller)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _host.Send(new DeleteProfile.Command(theirs), caller)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _host.Send(new ChooseProfile.Query(theirs), caller)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
    }

    [Test]
    public async Task A_deleted_profile_is_told_to_the_others_and_the_last_one_stays()
    {
        var caller = (await _host.Join()).AsCaller();
        var (first, second) = ((await _host.Send(new GetProfiles(), caller)).Value.Items[0].Id, (await Create(caller, "Kid", 7)).Value.Id);

        Assert.That((await _host.Send(new DeleteProfile.Command(first), caller)).IsError, Is.False);
        Assert.That((await _host.Send(new DeleteProfile.Command(second), caller)).Error?.Code, Is.EqualTo("users:last-profile"));

        var told = await _host.With<UsersDbContext, List<string>>(db => db.OutboxMessages.Select(m => m.Body).ToListAsync());
        Assert.That(told.Where(body => body.Contains($"{first}", StringComparison.Ordinal)).ToList(), Has.Count.EqualTo(1));
        Assert.That(told.Where(body => body.Contains($"{second}", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Two_deletions_at_once_leave_one_profile()
    {
        var caller = (await _host.Join()).AsCaller();
        await Create(caller, "Kid", 7);
        var ids = (await _host.Send(new GetProfiles(), caller)).Value.Items.Select(p => p.Id);
        await Task.WhenAll(ids.Select(id => _host.Send(new DeleteProfile.Command(id), caller)));
        Assert.That((await _host.Send(new GetProfiles(), caller)).Value.Items, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Profiles_are_for_whoever_has_an_account()
    {
        Assert.That((await _host.Send(new GetProfiles(), Caller.Anonymous)).Error?.Code, Is.EqualTo(Error.SignInRequired));
        var key = new Caller(Guid.CreateVersion7(), [Roles.Operator], new Dictionary<string, string>());
        Assert.That((await Create(key, "Kid", 7)).Error?.Kind, Is.EqualTo(ErrorKind.Forbidden));
    }

    [Test]
    public async Task What_is_known_of_an_account_follows_its_changes()
    {
        var account = await _host.Join();
        var known = _host.Services.GetRequiredService<KnownAccounts>();
        async Task<KnownAccount> Known() => (await known.Find(account.Id, CancellationToken.None))!;
        Assert.That((await Known()).Profiles, Has.Count.EqualTo(1));

        var kid = (await Create(account.AsCaller(), "Kid", 13)).Value.Id;
        Assert.That((await Known()).Profiles[kid], Is.EqualTo(13));
        await _host.Send(new ChangeProfile.Command(kid, MaturityLimit: 0), account.AsCaller());
        Assert.That((await Known()).Profiles[kid], Is.EqualTo(0));
        await _host.Send(new AssignRoles.Command(account.Id, [Roles.Publisher]));
        Assert.That((await Known()).Roles, Does.Contain(Roles.Publisher));
        await _host.Send(new DeleteProfile.Command(kid), account.AsCaller());
        Assert.That((await Known()).Profiles.Keys, Does.Not.Contain(kid));

        // Whoever saves need not think of it.
        await _host.With<UsersDbContext, int>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            (await db.Accounts.SingleAsync(a => a.Id == account.Id)).SecurityStamp = "changed";
            var saved = await db.SaveChangesAsync();
            Assert.That((await Known()).Stamp, Is.Not.EqualTo("changed"), "not before it is committed");
            await transaction.CommitAsync();
            return saved;
        });
        Assert.That((await Known()).Stamp, Is.EqualTo("changed"));

        await _host.With<UsersDbContext, int>(db => db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.SecurityStamp, "new")));
        _host.Clock.Advance(KnownAccounts.Lifetime);
        Assert.That((await known.Find(account.Id, CancellationToken.None))!.Stamp, Is.EqualTo("new"));
        Assert.That(await known.Find(Guid.CreateVersion7(), CancellationToken.None), Is.Null);
    }

    private Task<Result<ProfileView>> Create(Caller caller, string name, int? limit) =>
        _host.Send(new CreateProfile.Command(Guid.CreateVersion7(), name, limit), caller);
}
