using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Streaming.ArchitectureTests;

/// <summary>The subjects of a module (its folders) depend on one another in one direction.</summary>
internal sealed class SliceTests
{
    // The context knows every entity and every slice knows the context; it is the ground they stand on, not a slice.
    private const string Ground = "Data";

    [TestCaseSource(nameof(Modules))]
    public void The_slices_of_a_module_form_no_cycle(string name) =>
        Assert.That(Graph.Cycles(Edges(Sources.Projects.Single(p => p.Name == name).Load(), name)), Is.Empty);

    [Test]
    public void A_cycle_of_slices_is_noticed_also_inside_a_lambda() => Assert.That(
        Graph.Cycles(Edges(typeof(SliceTests).Assembly, "Streaming.ArchitectureTests.Fixtures.Cyclic")),
        Is.EqualTo(new[] { "Left -> Right -> Left" }));

    private static IEnumerable<string> Modules => Sources.Of(Part.Module).Select(p => p.Name);

    private static IEnumerable<(string From, string To)> Edges(System.Reflection.Assembly assembly, string root)
    {
        var types = new ArchLoader().LoadAssemblies(assembly).Build().Types;
        return from type in types
               from dependency in type.Dependencies
               let @from = Slice(type, root)
               let to = Slice(dependency.Target, root)
               where @from is not (null or Ground) && to is not (null or Ground)
               select (@from, to);
    }

    private static string? Slice(IType type, string root) =>
        type.Namespace?.FullName is { } space && space.StartsWith(root + ".", StringComparison.Ordinal)
            ? space[(root.Length + 1)..].Split('.')[0]
            : null;
}
