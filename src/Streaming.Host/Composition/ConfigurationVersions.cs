using System.Globalization;
using System.Text;
using Streaming.Platform.Data;

namespace Streaming.Host.Composition;

/// <summary>One <c>streaming.json</c> that a host has accepted.</summary>
internal sealed record ConfigurationVersion(int Number, DateTimeOffset At, long SizeBytes);

/// <summary>Every <c>streaming.json</c> that a host has accepted, the newest fifty, in the folder <c>config</c> of the data folder.</summary>
internal sealed class ConfigurationVersions(DataOptions data)
{
    private const int Kept = 50;

    public string File => data.PathOf(StreamingFileSource.Name);

    private string Folder => data.PathOf("config");

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConfigurationVersion> List() => !Directory.Exists(Folder) ? [] :
    [
        .. new DirectoryInfo(Folder).EnumerateFiles("*.json")
            .Where(f => int.TryParse(Path.GetFileNameWithoutExtension(f.Name), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(f => new ConfigurationVersion(int.Parse(Path.GetFileNameWithoutExtension(f.Name), CultureInfo.InvariantCulture), f.LastWriteTimeUtc, f.Length))
            .OrderBy(v => v.Number),
    ];

    /// <summary>Null where there is no such version.</summary>
    public string? Read(int number) => System.IO.File.Exists(PathOf(number)) ? System.IO.File.ReadAllText(PathOf(number)) : null;

    /// <summary>The file as it stands; null where there is none.</summary>
    public string? Current() => System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : null;

    /// <summary>Keeps an accepted text, unless it is the same as the newest kept one.</summary>
    public void Keep(string text)
    {
        var all = List();
        if (all.Count > 0 && Read(all[^1].Number) == text) return;
        PrivateFolder.Create(Folder);
        Write(PathOf((all.Count > 0 ? all[^1].Number : 0) + 1), text);
        foreach (var old in all.SkipLast(Kept - 1)) System.IO.File.Delete(PathOf(old.Number));
    }

    /// <summary>Puts a version back in force: at once where a host runs, else at the next start.</summary>
    /// <returns>False where there is no such version.</returns>
    public bool Restore(int number)
    {
        if (Read(number) is not { } text) return false;
        if (!System.IO.File.Exists(File))
        {
            Write(File, text);
            return true;
        }

        // The host may run as somebody else than who restores, and must go on being able to read it: so the file stays the one that it is.
        // What is beside it by then shows that there is room, and is what is left should this be cut off.
        Write(File + ".restored", text);
        using (var file = new FileStream(File, FileMode.Open, FileAccess.Write))
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            file.SetLength(bytes.Length);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        System.IO.File.Delete(File + ".restored");
        return true;
    }

    private string PathOf(int number) => Path.Combine(Folder, number.ToString("000000", CultureInfo.InvariantCulture) + ".json");

    /// <summary>Through a file beside it, so that nobody reads half of it. It may hold secrets, so it is its owner's alone.</summary>
    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(path + ".new", new UTF8Encoding(false), options)) writer.Write(text);
        System.IO.File.Move(path + ".new", path, overwrite: true);
    }
}
