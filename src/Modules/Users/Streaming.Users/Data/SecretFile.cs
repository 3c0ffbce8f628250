namespace Streaming.Users.Data;

/// <summary>A file that only its owner may read, replaced as a whole.</summary>
internal static class SecretFile
{
    public static async Task Write(string path, string text, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = $"{path}.{Guid.NewGuid():N}";
        await using (var writer = new StreamWriter(draft, options)) await writer.WriteLineAsync(text.AsMemory(), ct);
        File.Move(draft, path, overwrite: true);
    }
}
