using System.Text.Json;
using Streaming.Platform.Data;

namespace Streaming.Host.Running;

/// <summary>
/// One host a data folder, and one instance a name. The lock dies with the process, however it dies; the note beside it tells the command
/// line where the host listens.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const string LockName = "host.lock";
    private const string NoteName = "host.json";

    private readonly string _folder;
    private readonly string _name;
    private readonly string _note;
    private FileStream? _lock;
    private string? _told;

    private FolderLock(string folder, string name, string note) => (_folder, _name, _note, _lock) = (folder, name, Path.Combine(folder, note), Open(folder, name, FileMode.OpenOrCreate));

    /// <param name="folder">The data folder.</param>
    /// <param name="instance">The instance's name; null for a host.</param>
    /// <exception cref="StartFailure">Somebody has it, or it cannot be used; the message says what to do.</exception>
    public static FolderLock Take(string folder, string? instance)
    {
        var (name, note) = instance is null ? (LockName, NoteName) : ($"instance-{instance}.lock", $"instance-{instance}.json");
        try
        {
            PrivateFolder.Create(folder);
            return new FolderLock(folder, name, note);
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            throw new StartFailure(instance is null
                ? $"Another host is running on the data folder {folder}. Stop it, or choose another folder with --data."
                : $"The instance {instance} is running on the data folder {folder} already. Stop it, or choose another name with --instance.", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StartFailure($"The data folder {folder} may not be written: {failure.Message} Give it to the user that runs streaming, or choose another with --data.", failure);
        }
        catch (IOException failure)
        {
            throw new StartFailure($"The data folder {folder} cannot be used: {failure.Message} Mend that, or choose another with --data.", failure);
        }
    }

    /// <summary>Where the host that holds the folder listens; null where there is none.</summary>
    /// <exception cref="StartFailure">Whether there is one cannot be seen; the message says what to do.</exception>
    public static Uri? Running(string folder)
    {
        var note = Path.Combine(folder, NoteName);
        try
        {
            if (!File.Exists(note)) return null;
            using var free = Open(folder, LockName, FileMode.Open);
            return null;
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            return JsonSerializer.Deserialize<Note>(File.ReadAllText(note))?.Url;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StartFailure($"The data folder {folder} belongs to somebody else: {failure.Message} Run this as the user that runs streaming.", failure);
        }
    }

    /// <summary>Leaves the note, as a whole: whoever reads it meanwhile finds none or all of it.</summary>
    public void Tell(Uri url)
    {
        var draft = $"{_note}.{Environment.ProcessId}";
        File.WriteAllText(draft, _told = JsonSerializer.Serialize(new Note(url)));
        File.Move(draft, _note, overwrite: true);
    }

    /// <summary>Leaves the folder to another process.</summary>
    public void Release()
    {
        if (_lock is null) return;
        File.Delete(_note);
        _lock.Dispose();
        _lock = null;
    }

    /// <summary>Takes it again, after nobody else has kept it.</summary>
    /// <exception cref="IOException">Somebody has it.</exception>
    public void Retake()
    {
        _lock = Open(_folder, _name, FileMode.OpenOrCreate);
        if (_told is not null) File.WriteAllText(_note, _told);
    }

    public void Dispose() => Release();

    private static FileStream Open(string folder, string name, FileMode mode) =>
        new(Path.Combine(folder, name), mode, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Of all that may be wrong with a file, that somebody else has it: EWOULDBLOCK on Linux and macOS, a sharing or lock violation on Windows.</summary>
    private static bool IsHeld(IOException failure) => OperatingSystem.IsWindows()
        ? (failure.HResult & 0xFFFF) is 32 or 33
        : failure.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    private sealed record Note(Uri Url);
}
