using System.Collections.Frozen;

namespace Streaming.Host.Ingesting;

/// <summary>Which files a person means who names some paths.</summary>
internal static class VideoFiles
{
    private static readonly FrozenSet<string> _endings = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv", ".3gp");

    public static string Endings => string.Join(' ', _endings.Order(StringComparer.Ordinal));

    /// <summary>A file named outright is taken whatever its ending; a folder gives its video files, by name.</summary>
    public static IReadOnlyList<FileInfo> Find(IEnumerable<string> paths, out IReadOnlyList<string> missing)
    {
        var found = new List<FileInfo>();
        var absent = new List<string>();
        foreach (var path in paths)
        {
            if (File.Exists(path))
                found.Add(new FileInfo(path));
            else if (Directory.Exists(path))
                found.AddRange(new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories)
                    .Where(f => _endings.Contains(f.Extension) && !f.Name.StartsWith('.')).OrderBy(f => f.FullName, StringComparer.OrdinalIgnoreCase));
            else
                absent.Add(path);
        }

        missing = absent;
        return found;
    }
}
