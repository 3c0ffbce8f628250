using System.Diagnostics;
using System.Globalization;

namespace Streaming.HostTests.Fixtures;

/// <summary>Small videos made by ffmpeg's own generators, and what ffmpeg says of what is served.</summary>
internal static class Clip
{
    /// <summary>Moving picture with sound.</summary>
    public static async Task<FileInfo> Make(string folder, string name, double seconds, string size = "640x360", string rate = "24", params string[] more)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        var length = seconds.ToString(CultureInfo.InvariantCulture);
        await Run("ffmpeg", [
            "-nostdin", "-v", "error", "-y",
            "-f", "lavfi", "-i", $"testsrc2=size={size}:rate={rate}:duration={length}",
            "-f", "lavfi", "-i", $"sine=frequency=330:sample_rate=48000:duration={length}",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", .. more, file.FullName]);
        file.Refresh();
        return file;
    }

    /// <summary>Frames of the first video stream, counted by decoding all of it.</summary>
    public static async Task<int> Frames(string input)
    {
        var answer = await Run("ffprobe", ["-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", input]);
        // A stream that belongs to a program is listed with it and by itself.
        var first = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0];
        return int.Parse(first.TrimEnd(','), CultureInfo.InvariantCulture);
    }

    /// <summary>Decodes everything; what ffmpeg complains of, which ought to be nothing.</summary>
    public static async Task<string> Complaints(string input)
    {
        var (_, errors) = await Start("ffmpeg", ["-nostdin", "-v", "warning", "-i", input, "-map", "0", "-f", "null", "-"]);
        return errors;
    }

    public static async Task<string> Run(string program, IReadOnlyList<string> arguments)
    {
        var (output, errors) = await Start(program, arguments);
        Assert.That(errors, Is.Empty, program);
        return output;
    }

    private static async Task<(string Output, string Errors)> Start(string program, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (await output, await errors);
    }
}
