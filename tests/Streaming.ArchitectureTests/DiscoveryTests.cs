namespace Streaming.ArchitectureTests;

/// <summary>The other rules are worth as much as their discovery: a project that is not found breaks no rule.</summary>
internal sealed class DiscoveryTests
{
    [Test]
    public void Every_project_has_a_known_part() =>
        Assert.That(Sources.Projects.Where(p => p.Part == Part.Unknown).Select(p => p.Name), Is.Empty);

    [Test]
    public void A_project_outside_the_house_is_unknown() =>
        Assert.That(Project.PartOf("Streaming.Common", "Streaming.Common/Streaming.Common.csproj"), Is.EqualTo(Part.Unknown));

    [Test]
    public void Every_project_is_built_beside_these_tests() => Assert.That(
        Sources.Projects.Select(p => p.AssemblyName + ".dll").Where(f => !File.Exists(Path.Combine(AppContext.BaseDirectory, f))), Is.Empty);

    [Test]
    public void Every_assembly_beside_these_tests_is_a_project_of_src() => Assert.That(
        Directory.EnumerateFiles(AppContext.BaseDirectory, "Streaming.*.dll").Select(Path.GetFileNameWithoutExtension)
            .Except(Sources.Projects.Select(p => p.AssemblyName)).Except([typeof(DiscoveryTests).Assembly.GetName().Name]),
        Is.Empty);

    [Test]
    public void All_six_modules_are_found() => Assert.That(
        Sources.Of(Part.Module).Select(p => p.Name["Streaming.".Length..]),
        Is.SupersetOf(["Catalog", "EdgeRouting", "Experiments", "Playback", "Recommendations", "Users"]));

    [Test]
    public void The_solution_lists_every_project() => Assert.That(Missing(File.ReadAllText(Path.Combine(Sources.Root, "Streaming.sln"))), Is.Empty);

    [Test]
    public void A_project_left_out_of_the_solution_is_noticed() => Assert.That(Missing("nothing"), Does.Contain("src/Streaming.Kernel/Streaming.Kernel.csproj"));

    private static IEnumerable<string> Missing(string solution) =>
        new[] { "src", "tests", "build" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Sources.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Sources.Root, file))
            .Where(file => !solution.Replace('\\', '/').Contains($"\"{file}\"", StringComparison.Ordinal));
}
