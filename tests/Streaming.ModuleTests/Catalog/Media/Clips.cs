using System.Diagnostics;
using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Media;

/// <summary>Small clips from ffmpeg's own generators, in a folder that goes away with the fixture.</summary>
internal sealed class Clips : IDisposable
{
    public static readonly FfmpegOptions Options = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("streaming-clips-").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public async Task<string> MakeAsync(string name, params string[] arguments)
    {
        var path = PathOf(name);
        var run = await FfmpegProcess.RunAsync("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments, path], CancellationToken.None);
        Assert.That(run.Error, Is.Null);
        Assert.That(run.Value.Code, Is.Zero, run.Value.ErrorTail);
        return path;
    }

    /// <summary>
    /// A program in place of ffmpeg or ffprobe. Another process writes it: what this one has open for writing is also open, for a moment, in
    /// every child that another thread starts, and then it cannot be run ("text file busy").
    /// </summary>
    public string Script(string name, string lines)
    {
        var (draft, path) = (PathOf($"{name}.draft"), PathOf(name));
        File.WriteAllText(draft, $"#!/bin/sh\n{lines}\n");
        using var install = Process.Start("install", ["-m", "700", draft, path]);
        install.WaitForExit();
        Assert.That(install.ExitCode, Is.Zero);
        return path;
    }

    public static string[] Picture(string size, string rate, double seconds) =>
        ["-f", "lavfi", "-i", FormattableString.Invariant($"testsrc2=s={size}:r={rate}:d={seconds}")];

    public static string[] Tone(double seconds, int channels = 2, int hertz = 440) =>
        ["-f", "lavfi", "-i", FormattableString.Invariant($"sine=f={hertz}:d={seconds}:r=48000,aformat=channel_layouts={(channels == 6 ? "5.1" : channels == 1 ? "mono" : "stereo")}")];

    public static string[] Quick => ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p"];

    public static async Task<ProbedSource> ProbeAsync(string path)
    {
        var probed = await new MediaProbe(Options with { ProbeTimeout = TimeSpan.FromSeconds(20) }).ProbeAsync(path, CancellationToken.None);
        Assert.That(probed.Error, Is.Null);
        return probed.Value;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
