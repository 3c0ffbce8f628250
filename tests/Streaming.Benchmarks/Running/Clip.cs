using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace Streaming.Benchmarks.Running;

/// <summary>Films out of ffmpeg's generators.</summary>
internal static class Clip
{
    /// <summary>
    /// A drifting background, a busy picture that swings across it, and a little grain, at no more than the 12 Mbit/s that 1080p is usually
    /// handed over with: about as hard to decode and to encode as a film.
    /// </summary>
    public static async Task<string> Film(string file, double seconds, int width, int height, CancellationToken ct, string rate = "24")
    {
        var length = seconds.ToString(CultureInfo.InvariantCulture);
        var (w, h) = (width / 4 * 2, height / 4 * 2);
        await Run(
            [
                "-nostdin", "-v", "error", "-y",
                "-f", "lavfi", "-i", $"gradients=s={width / 2}x{height / 2}:r={rate}:d={length}:n=6:speed=0.03:seed=7,scale={width}:{height}",
                "-f", "lavfi", "-i", $"testsrc2=s={w}x{h}:r={rate}:d={length}",
                "-f", "lavfi", "-i", $"sine=frequency=220:beep_factor=3:sample_rate=48000:duration={length}",
                "-filter_complex", "[0:v][1:v]overlay=x='(W-w)*(0.5+0.5*sin(t*0.9))':y='(H-h)*(0.5+0.5*cos(t*0.7))',noise=alls=5:allf=t,format=yuv420p[v]",
                "-map", "[v]", "-map", "2:a", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-maxrate", "12M", "-bufsize", "24M", "-c:a", "aac", "-b:a", "128k", "-t", length, file,
            ], ct);
        return file;
    }

    /// <summary>The same film as another file: a box that players skip makes its hash a new one.</summary>
    public static async Task<FileInfo> Copy(string film, string file, CancellationToken ct)
    {
        File.Copy(film, file);
        await using var end = new FileStream(file, FileMode.Append);
        var box = new byte[24];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        "free"u8.CopyTo(box.AsSpan(4));
        Guid.NewGuid().TryWriteBytes(box.AsSpan(8));
        await end.WriteAsync(box, ct);
        return new FileInfo(file);
    }

    private static async Task Run(IEnumerable<string> arguments, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0) throw new InvalidOperationException($"ffmpeg could not make the clip: {errors}");
    }
}
