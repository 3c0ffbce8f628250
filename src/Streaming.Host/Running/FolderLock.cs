using System.Text.Json;
using Streaming.Platform.Data;

namespace Streaming.Host.Running;

/// <summary>
/// One host a data folder. The lock dies with the process, however it dies; the note beside it tells the command line where the
/// host listens.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _note;

    private FolderLock(FileStream held, string note) => (_lock, _note) = (held, note);

    public static FolderLock Take(string folder)
    {
        PrivateFolder.Create(folder);
        try
        {
            var held = new FileStream(Path.Combine(folder, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new FolderLock(held, Path.Combine(folder, "host.json"));
        }
        catch (IOException failure)
        {
            throw new StartFailure($"Another host is running on the data folder {folder}. Stop it, or choose another folder with --data.", failure);
        }
    }

    /// <summary>Where the host that holds the folder listens; null where there is none.</summary>
    public static Uri? Running(string folder)
    {
        var note = Path.Combine(folder, "host.json");
        if (!File.Exists(note)) return null;
        try
        {
            using var free = new FileStream(Path.Combine(folder, "host.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (IOException)
        {
            return JsonSerializer.Deserialize<Note>(File.ReadAllText(note))?.Url;
        }
    }

    public void Tell(Uri url) => File.WriteAllText(_note, JsonSerializer.Serialize(new Note(url)));

    public void Dispose()
    {
        File.Delete(_note);
        _lock.Dispose();
    }

    private sealed record Note(Uri Url);
}
