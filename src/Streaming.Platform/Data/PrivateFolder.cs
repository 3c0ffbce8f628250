namespace Streaming.Platform.Data;

/// <summary>Folders for what other users of the machine must not read: databases hold password hashes, and beside them lie keys.</summary>
public static class PrivateFolder
{
    /// <summary>Makes a folder that is its owner's alone. One that exists keeps the permissions that somebody chose for it.</summary>
    public static DirectoryInfo Create(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
