using System.Security.Cryptography;
using Streaming.Catalog.Media;
using Streaming.Kernel;
using Streaming.Platform.Data;

namespace Streaming.Catalog.Ingests;

/// <summary>The source file of an ingest, and the folder in which its renditions are made before they are committed.</summary>
internal sealed class IngestSource(SourceFiles files, MediaProbe probe, DataOptions data)
{
    /// <summary>Beside the objects, so that committing is a rename.</summary>
    public string WorkRoot { get; } = data.PathOf("work");

    public string PathOf(Guid id) => files.PathOf(id);

    public string WorkOf(Guid id) => Path.Combine(WorkRoot, $"{id:N}");

    public void DeleteWork(Guid id)
    {
        if (Directory.Exists(WorkOf(id))) Directory.Delete(WorkOf(id), recursive: true);
    }

    public void Delete(Guid id) => files.Delete(id);

    /// <summary>What the file is; with the length that could be decoded, where somebody has accepted less than it promises.</summary>
    public async Task<Result<ProbedSource>> Probe(Ingest ingest, CancellationToken ct)
    {
        var path = PathOf(ingest.Id);
        // An empty file was never written to; it is refused for being empty, not for being lost.
        if (ingest.SizeBytes == 0 && !File.Exists(path)) return MediaErrors.Rejected("empty-file", "The file is empty. Send it again.");
        if (files.LengthOf(ingest.Id) != ingest.SizeBytes)
            return MediaErrors.Rejected("file-missing", "The file that was sent is not there any more. Send it again.");

        var probed = await probe.ProbeAsync(path, ct);
        if (!ingest.AcceptsTruncation || ingest.DecodableSeconds is not { } seconds) return probed;
        return probed.Map(source => source with
        {
            Duration = TimeSpan.FromSeconds(seconds),
            Video = source.Video with { Duration = TimeSpan.FromSeconds(seconds) },
        });
    }

    public async Task<string> Hash(Guid id, CancellationToken ct)
    {
        await using var file = File.OpenRead(PathOf(id));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }
}
