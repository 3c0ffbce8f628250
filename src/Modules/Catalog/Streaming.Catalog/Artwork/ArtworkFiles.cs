using System.Diagnostics;
using System.Security.Cryptography;
using Streaming.Catalog.Media;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Artwork;

/// <summary>
/// Keeps pictures of titles as JPEG of 1280 by 720, each under the hash of its content: what is served under a name never changes.
/// </summary>
internal sealed class ArtworkFiles(IObjectStore store, FfmpegOptions ffmpeg, DataOptions data)
{
    public const string Folder = "artwork";
    public const int MaxBytes = 10 * 1024 * 1024;

    private const int MaxPixels = 64_000_000;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    public static string Key(Guid title, string hash) => $"{Folder}/{title:N}/{hash}.jpg";

    /// <summary>Takes in a picture that somebody sends: JPEG, PNG or WebP of up to <see cref="MaxBytes"/>. Answers its hash.</summary>
    public async Task<Result<string>> Keep(Guid title, Stream picture, CancellationToken cancellationToken)
    {
        var file = Scratch("upload");
        try
        {
            await using (var copy = File.Create(file))
            {
                var buffer = new byte[64 * 1024];
                for (int read; (read = await picture.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    if (copy.Length + read > MaxBytes) return Unfit("The picture is larger than 10 MB. Send a smaller one.");
                    await copy.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
            }

            return await Keep(title, file, ProcessPriorityClass.Normal, cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Takes in a picture from a file, which stays where it is. Answers its hash.</summary>
    public async Task<Result<string>> Keep(
        Guid title, string file, ProcessPriorityClass priority, CancellationToken cancellationToken)
    {
        if (await DemuxerOf(file, cancellationToken) is not { } demuxer) return Unfit("The picture is not JPEG, PNG or WebP. Send one that is.");

        var made = Scratch("jpg");
        try
        {
            if (await Encode(demuxer, file, made, priority, cancellationToken) is { } error) return error;
            var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(made, cancellationToken)));
            await store.Commit(Key(title, hash), made, cancellationToken);
            return hash;
        }
        finally
        {
            File.Delete(made);
        }
    }

    private async Task<Error?> Encode(string demuxer, string file, string made, ProcessPriorityClass priority, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        string[] read =
        [
            "-nostdin", "-v", "error", "-y", "-max_pixels", $"{MaxPixels}", "-protocol_whitelist", "file", "-f", demuxer, "-i", $"file:{file}",
        ];
        string[] write =
        [
            "-vf", "scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,setsar=1", "-frames:v", "1", "-map_metadata", "-1",
            "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1", made,
        ];
        try
        {
            var run = await FfmpegProcess.RunAsync(ffmpeg.Ffmpeg, [.. read, .. write], limit.Token, priority: priority);
            if (!run.TryGet(out var exit, out var error)) return error;
            return exit.Code == 0 && File.Exists(made) && new FileInfo(made).Length > 0
                ? null
                : Unfit("The picture cannot be read: it is damaged or far too large. Save it again and send that.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unfit("The picture takes too long to read. Send a simpler one.");
        }
    }

    // By its first bytes: what a name or a header says about a file is only what somebody says.
    private static async Task<string?> DemuxerOf(string file, CancellationToken cancellationToken)
    {
        var first = new byte[12];
        await using var picture = File.OpenRead(file);
        var length = await picture.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken);
        return first.AsSpan(0, length) switch
        {
            [0xFF, 0xD8, 0xFF, ..] => "jpeg_pipe",
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "png_pipe",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P'] => "webp_pipe",
            _ => null,
        };
    }

    private string Scratch(string extension)
    {
        var folder = data.PathOf("artwork");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{Guid.CreateVersion7():N}.{extension}");
    }

    private static Error Unfit(string message) =>
        new(ErrorKind.Invalid, "catalog:unfit-picture", message, new Dictionary<string, string[]> { ["picture"] = [message] });
}
