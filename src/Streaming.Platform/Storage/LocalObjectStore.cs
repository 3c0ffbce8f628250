using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Platform.Data;

namespace Streaming.Platform.Storage;

/// <summary>Objects as files below the data folder.</summary>
internal sealed class LocalObjectStore(DataOptions data) : IObjectStore
{
    private readonly string _root = data.PathOf("objects");
    private readonly string _incoming = data.PathOf("objects-incoming");

    public long FreeBytes
    {
        get
        {
            Directory.CreateDirectory(_root);
            return new DriveInfo(_root).AvailableFreeSpace;
        }
    }

    public async Task Commit(string key, string file, CancellationToken cancellationToken)
    {
        var target = PathOf(key);
        CreateFolder(_incoming);
        var incoming = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            // From another file system this is a copy, which nobody may see half done: hence by way of a folder beside the objects.
            File.Move(file, incoming);
            await using (var written = new FileStream(incoming, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
                written.Flush(flushToDisk: true);
            CreateFolder(Path.GetDirectoryName(target)!);
            File.Move(incoming, target, overwrite: true);
        }
        catch
        {
            if (File.Exists(incoming) && !File.Exists(file)) File.Move(incoming, file);
            else File.Delete(incoming);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(target)!);
    }

    public ValueTask<long?> Size(string key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        return ValueTask.FromResult<long?>(file.Exists ? file.Length : null);
    }

    public ValueTask<Stream?> Open(string key, CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult<Stream?>(new FileStream(
                PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromResult<Stream?>(null);
        }
    }

    public async IAsyncEnumerable<string> List(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = PathOf(folder);
        if (!Directory.Exists(path)) yield break;
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Path.GetRelativePath(_root, file).Replace('\\', '/');
        }

        await Task.CompletedTask;
    }

    public Task Delete(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (File.Exists(path)) File.Delete(path);
        return Task.CompletedTask;
    }

    public Task DeleteFolder(string folder, CancellationToken cancellationToken)
    {
        var path = PathOf(folder);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        return Task.CompletedTask;
    }

    private string PathOf(string key)
    {
        var safe = key.Length is > 0 and < 300
            && key.Split('/').All(part => part.Length > 0 && part[0] != '.' && !part.Contains("..", StringComparison.Ordinal))
            && key.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.' or '/');
        return safe ? Path.Combine(_root, key) : throw new ArgumentException("Not a key of the object store.", nameof(key));
    }

    // A new folder is durable only once its parent is.
    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        var parent = Path.GetDirectoryName(folder)!;
        CreateFolder(parent);
        Directory.CreateDirectory(folder);
        SyncFolder(parent);
    }

    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        // A rename is durable only once its folder is; .NET has no call for that but a handle on the folder itself.
        using var handle = LinuxFolder.Open(folder);
        RandomAccess.FlushToDisk(handle);
    }
}

/// <summary>Registers the object store.</summary>
public static class StorageRegistration
{
    /// <summary>Local disk below the data folder.</summary>
    public static IServiceCollection AddObjectStore(this IServiceCollection services)
    {
        services.TryAddSingleton<IObjectStore, LocalObjectStore>();
        return services;
    }
}
