namespace Streaming.Catalog.Media;

/// <summary>A committed rendition as files: what a tool reads when it needs the encoded picture back.</summary>
internal record RenditionFiles(string Init, IReadOnlyList<string> Segments, int Width, int Height)
{
    /// <summary>Input arguments for a tool that is fed by <see cref="CopyToAsync"/>.</summary>
    public static readonly IReadOnlyList<string> FromPipe = ["-protocol_whitelist", "pipe", "-f", "mov", "-i", "pipe:0"];

    public virtual async Task CopyToAsync(Stream target, CancellationToken ct)
    {
        foreach (var path in Segments.Prepend(Init))
        {
            await using var file = File.OpenRead(path);
            await file.CopyToAsync(target, ct);
        }
    }
}
