using Streaming.Platform.Data;

namespace Streaming.Users.Data;

/// <summary>A file that only its owner may read, replaced as a whole.</summary>
internal static class SecretFile
{
    public static async Task Write(string path, string text, CancellationToken ct)
    {
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = $"{path}.{Guid.NewGuid():N}";
        await using (var writer = new StreamWriter(draft, options)) await writer.WriteLineAsync(text.AsMemory(), ct);
        File.Move(draft, path, overwrite: true);
    }
}
