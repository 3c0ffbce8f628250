using Streaming.Platform.Data;

namespace Streaming.Catalog.Ingests;

/// <summary>The folder of source files, each named after its ingest, from its first byte until nothing is left to be made of it.</summary>
internal sealed class SourceFiles(DataOptions data)
{
    public string Folder { get; } = data.PathOf("uploads");

    public string PathOf(Guid id) => Path.Combine(Folder, $"{id:N}");

    public long LengthOf(Guid id) => new FileInfo(PathOf(id)) is { Exists: true } file ? file.Length : 0;

    public void Delete(Guid id)
    {
        if (File.Exists(PathOf(id))) File.Delete(PathOf(id));
    }
}
