using System.Reflection;

namespace Streaming.ArchitectureTests;

/// <summary>Everything below src/, found on disk; nothing here is a list that somebody has to keep.</summary>
internal static class Sources
{
    public static readonly string Root = typeof(Sources).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    public static readonly IReadOnlyList<Project> Projects =
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Project.Read(Path.Combine(Root, "src"), file))
            .OrderBy(p => p.Name, StringComparer.Ordinal),
    ];

    public static IEnumerable<Project> Of(params Part[] parts) => Projects.Where(p => parts.Contains(p.Part));

    public static IReadOnlyList<Type> TypesOf(params Part[] parts) => [.. Of(parts).SelectMany(p => p.Load().GetTypes())];
}
