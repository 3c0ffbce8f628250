using Microsoft.EntityFrameworkCore;
using Streaming.ArchitectureTests.Fixtures.Behind;

namespace Streaming.ArchitectureTests;

/// <summary>What <c>build/migrate --check</c> runs.</summary>
internal sealed class MigrationTests
{
    private const string Platform = "Streaming.Platform";

    [TestCaseSource(nameof(Modules))]
    public void No_model_change_waits_for_a_migration(string name)
    {
        using var contexts = Of(name);
        Assert.That(contexts.All.Where(c => c.Database.HasPendingModelChanges()).Select(c => c.GetType().Name), Is.Empty);
    }

    [TestCaseSource(nameof(Modules))]
    public void A_module_with_data_has_one_sealed_context_a_provider(string name)
    {
        using var contexts = Of(name);
        if (contexts.Types.Count == 0) return;
        Assert.That(contexts.Types, Has.All.Property(nameof(Type.IsSealed)).True);
        Assert.That(
            contexts.All.Select(c => c.Database.ProviderName),
            Is.EquivalentTo(new[] { "Microsoft.EntityFrameworkCore.Sqlite", "Npgsql.EntityFrameworkCore.PostgreSQL" }));
    }

    [TestCaseSource(nameof(Modules))]
    public void A_module_maps_only_entities_of_its_own_and_of_the_platform(string name)
    {
        using var contexts = Of(name);
        Assert.That(contexts.All.SelectMany(Strangers), Is.Empty);
    }

    [Test]
    public void A_model_without_its_migration_and_a_stranger_in_it_are_noticed()
    {
        using var contexts = new ModuleContexts(new BehindModule());
        var context = contexts.All.Single(c => c is SqliteBehindDbContext);
        Assert.That(context.Database.HasPendingModelChanges(), Is.True);
        Assert.That(Strangers(context), Is.EqualTo(new[] { "System.Version" }));
    }

    [Test]
    public void Most_modules_have_data() => Assert.That(
        Modules.Count(name =>
        {
            using var contexts = Of(name);
            return contexts.Types.Count > 0;
        }),
        Is.GreaterThanOrEqualTo(3));

    private static IEnumerable<string> Modules => [.. Sources.Of(Part.Module).Select(p => p.Name), Platform];

    private static ModuleContexts Of(string name) => name == Platform ? ModuleContexts.OfPlatform() : new(ModuleContexts.ModuleOf(Sources.Projects.Single(p => p.Name == name).Load()));

    // Identity's own user, role and claim types are what ASP.NET Core brings for the users module.
    private static IEnumerable<string> Strangers(DbContext context) =>
        context.Model.GetEntityTypes().Select(e => e.ClrType)
            .Where(t => t.Assembly != context.GetType().Assembly && t.Assembly.GetName().Name != "Streaming.Platform"
                && t.Namespace != "Microsoft.AspNetCore.Identity" && t != typeof(Dictionary<string, object>))
            .Select(t => t.FullName!);
}
