using ArchUnitNET.Loader;

namespace Streaming.ArchitectureTests;

/// <summary>The table "Who may know whom".</summary>
internal sealed class ReferenceTests
{
    [Test]
    public void Projects_reference_only_what_the_table_allows() => Assert.That(Violations(Declared), Is.Empty);

    [Test]
    public void Assemblies_use_only_what_the_table_allows() => Assert.That(Violations(Compiled), Is.Empty);

    [TestCase("Streaming.Kernel", Part.Kernel, "Streaming.Platform", Part.Platform)]
    [TestCase("Streaming.Platform", Part.Platform, "Streaming.A.Contracts", Part.Contracts)]
    [TestCase("Streaming.A.Contracts", Part.Contracts, "Streaming.Platform", Part.Platform)]
    [TestCase("Streaming.A.Contracts", Part.Contracts, "Streaming.A", Part.Module)]
    [TestCase("Streaming.A", Part.Module, "Streaming.B", Part.Module)]
    [TestCase("Streaming.A", Part.Module, "Streaming.Web", Part.Web)]
    [TestCase("Streaming.Web", Part.Web, "Streaming.A", Part.Module)]
    [TestCase("Streaming.Edge", Part.Edge, "Streaming.A", Part.Module)]
    [TestCase("Streaming.Web", Part.Web, "Streaming.Host", Part.Host)]
    public void A_reference_against_the_table_is_noticed(string from, Part fromPart, string to, Part toPart) =>
        Assert.That(Violations([(Fake(from, fromPart), Fake(to, toPart))]), Is.EqualTo(new[] { $"{from} may not reference {to}" }));

    [Test]
    public void Contracts_reference_each_other_in_no_cycle() =>
        Assert.That(Graph.Cycles(Declared.Where(r => r.From.Part == Part.Contracts).Select(r => (r.From.Name, r.To.Name))), Is.Empty);

    [Test]
    public void A_cycle_is_noticed() =>
        Assert.That(Graph.Cycles([("A", "B"), ("B", "C"), ("C", "A"), ("C", "D")]), Is.EqualTo(new[] { "A -> B -> C -> A" }));

    [Test]
    public void The_kernel_depends_on_MediatR_only()
    {
        var kernel = Sources.Of(Part.Kernel).Single();
        Assert.That(kernel.Packages, Is.EqualTo(new[] { "MediatR" }));
        Assert.That(Foreign(kernel.Load().GetReferencedAssemblies().Select(a => a.Name!)), Is.Empty);
    }

    [Test]
    public void Another_dependency_of_the_kernel_is_noticed() =>
        Assert.That(Foreign(["System.Runtime", "MediatR", "Microsoft.EntityFrameworkCore"]), Is.EqualTo(new[] { "Microsoft.EntityFrameworkCore" }));

    [Test]
    public void Only_the_host_knows_every_module() => Assert.That(
        Sources.Of(Part.Host).Single().References, Is.SupersetOf(Sources.Of(Part.Module).Select(p => p.Name)));

    [Test]
    public void The_host_names_its_modules_in_one_list() => Assert.That(
        Namers(Sources.Of(Part.Host).Single().Load(), [.. Sources.Of(Part.Module).Select(p => p.Name)]), Is.EqualTo(new[] { "StreamingModules" }));

    [Test]
    public void A_second_place_that_names_modules_is_noticed() => Assert.That(
        Namers(typeof(ReferenceTests).Assembly, ["Streaming.Platform"]), Has.Some.EqualTo(nameof(ModuleContexts)).And.Some.EqualTo("BehindModule"));

    private static IEnumerable<string> Namers(System.Reflection.Assembly assembly, IReadOnlyCollection<string> targets) =>
        new ArchLoader().LoadAssemblies(assembly).Build().Types
            .Where(t => t.Dependencies.Any(d => d.Target.Assembly is { } target && targets.Contains(target.Name.Split(',')[0])))
            .Select(t => t.Name.Split('+')[0]).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<(Project From, Project To)> Declared => Pairs(p => p.References);

    private static IEnumerable<(Project From, Project To)> Compiled => Pairs(p => p.Load().GetReferencedAssemblies().Select(a => a.Name!));

    private static IEnumerable<(Project From, Project To)> Pairs(Func<Project, IEnumerable<string>> references) =>
        from project in Sources.Projects
        from name in references(project)
        join target in Sources.Projects on name equals target.Name
        select (project, target);

    private static IEnumerable<string> Violations(IEnumerable<(Project From, Project To)> references) =>
        references.Where(r => !Allowed(r.From, r.To)).Select(r => $"{r.From.Name} may not reference {r.To.Name}");

    private static bool Allowed(Project from, Project to) => from.Part switch
    {
        Part.Platform => to.Part is Part.Kernel,
        Part.Contracts => to.Part is Part.Kernel or Part.Contracts,
        Part.Module or Part.Web or Part.Edge => to.Part is Part.Kernel or Part.Platform or Part.Contracts,
        Part.Host => to.Part is not Part.Unknown,
        _ => false,
    };

    private static IEnumerable<string> Foreign(IEnumerable<string> assemblies) =>
        assemblies.Where(a => a is not ("MediatR" or "MediatR.Contracts" or "netstandard") && !a.StartsWith("System.", StringComparison.Ordinal));

    private static Project Fake(string name, Part part) => new(name, part, name, [], []);
}
