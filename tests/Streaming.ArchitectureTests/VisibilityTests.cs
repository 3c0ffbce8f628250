using Streaming.ArchitectureTests.Fixtures;

namespace Streaming.ArchitectureTests;

internal sealed class VisibilityTests
{
    [TestCaseSource(nameof(Modules))]
    public void A_module_shows_only_its_module_class(string name)
    {
        var module = Sources.Projects.Single(p => p.Name == name);
        Assert.That(Shown(module.Load().GetExportedTypes(), ModuleClass(name)), Is.Empty);
        Assert.That(module.Load().GetExportedTypes().Select(t => t.Name), Does.Contain(ModuleClass(name)));
    }

    [Test]
    public void Another_public_type_is_noticed() =>
        Assert.That(Shown([typeof(LeakyModule), typeof(Leak)], nameof(LeakyModule)), Is.EqualTo(new[] { typeof(Leak).FullName }));

    private static IEnumerable<string> Modules => Sources.Of(Part.Module).Select(p => p.Name);

    private static string ModuleClass(string project) => project["Streaming.".Length..] + "Module";

    private static IEnumerable<string> Shown(IEnumerable<Type> exported, string moduleClass) =>
        exported.Where(t => t.Name != moduleClass).Select(t => t.FullName!);
}
