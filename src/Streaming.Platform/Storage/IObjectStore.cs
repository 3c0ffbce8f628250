namespace Streaming.Platform.Storage;

/// <summary>
/// Keeps finished files by key. An object appears whole or not at all and never changes. Keys are relative paths of lower-case
/// letters, digits, <c>-</c>, <c>.</c> and <c>/</c>.
/// </summary>
public interface IObjectStore
{
    /// <summary>
    /// Takes a finished local file over under a key, durably: when this returns, it is on the disk. The file is gone from where it
    /// was. Something already there under the key is replaced by equal content.
    /// </summary>
    /// <exception cref="IOException">The disk is full or broken; nothing has appeared under the key.</exception>
    Task Commit(string key, string file, CancellationToken cancellationToken);

    /// <summary>Size in bytes, or null where there is no such object.</summary>
    ValueTask<long?> Size(string key, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading, or null where there is none. The stream can seek.</summary>
    ValueTask<Stream?> Open(string key, CancellationToken cancellationToken);

    /// <summary>Keys below a folder.</summary>
    IAsyncEnumerable<string> List(string folder, CancellationToken cancellationToken);

    /// <summary>Deletes one object; no object is no error.</summary>
    Task Delete(string key, CancellationToken cancellationToken);

    /// <summary>Deletes everything below a folder.</summary>
    Task DeleteFolder(string folder, CancellationToken cancellationToken);

    /// <summary>Bytes that may still be written; <see cref="long.MaxValue"/> where nobody knows.</summary>
    long FreeBytes { get; }
}
