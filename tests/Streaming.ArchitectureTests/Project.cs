using System.Reflection;
using System.Xml.Linq;

namespace Streaming.ArchitectureTests;

internal enum Part
{
    Unknown,
    Kernel,
    Platform,
    Contracts,
    Module,
    Web,
    Edge,
    Host,
}

/// <summary>A project of src/, as its file on disk tells it.</summary>
internal sealed record Project(string Name, Part Part, string AssemblyName, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public string Module => Name.EndsWith(".Contracts", StringComparison.Ordinal) ? Name[..^".Contracts".Length] : Name;

    public Assembly Load() => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, AssemblyName + ".dll"));

    public static Project Read(string sourceFolder, string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var xml = XDocument.Load(file);
        return new(
            name,
            PartOf(name, Path.GetRelativePath(sourceFolder, file)),
            xml.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name,
            [.. Includes("ProjectReference").SelectMany(i => Expand(Path.GetDirectoryName(file)!, i))],
            [.. Includes("PackageReference")]);

        IEnumerable<string> Includes(string item) => xml.Descendants(item).Select(e => e.Attribute("Include")!.Value.Replace('\\', '/'));
    }

    public static Part PartOf(string name, string path) => name switch
    {
        "Streaming.Kernel" => Part.Kernel,
        "Streaming.Platform" => Part.Platform,
        "Streaming.Web" => Part.Web,
        "Streaming.Edge" => Part.Edge,
        "Streaming.Host" => Part.Host,
        _ when !path.StartsWith("Modules/", StringComparison.Ordinal) => Part.Unknown,
        _ when name.EndsWith(".Contracts", StringComparison.Ordinal) => Part.Contracts,
        _ => Part.Module,
    };

    // A reference may be a pattern (../Modules/*/Streaming.*/Streaming.*.csproj); each * stands for part of one name.
    private static IEnumerable<string> Expand(string folder, string include)
    {
        if (!include.Contains('*')) return [Path.GetFileNameWithoutExtension(include)];

        var pattern = new System.Text.RegularExpressions.Regex(
            "^" + System.Text.RegularExpressions.Regex.Escape(Path.GetFullPath(include, folder)).Replace(@"\*\*/", "(.*/)?").Replace(@"\*", "[^/]*") + "$");
        var fixedPart = Path.GetFullPath(include[..include.IndexOf('*')] + "x", folder);
        return Directory.EnumerateFiles(Path.GetDirectoryName(fixedPart)!, "*.csproj", SearchOption.AllDirectories)
            .Where(f => pattern.IsMatch(f))
            .Select(f => Path.GetFileNameWithoutExtension(f)!);
    }
}
