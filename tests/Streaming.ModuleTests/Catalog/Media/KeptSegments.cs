using System.Text;
using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Media;

/// <summary>A sink that keeps what it is given, as the ingest does, and can fail or stop at a chosen segment.</summary>
internal sealed class KeptSegments(string library) : ISegmentSink
{
    public Dictionary<string, RenditionInit> Inits { get; } = [];

    public Dictionary<string, List<EncodedSegment>> Segments { get; } = [];

    public List<string> Order { get; } = [];

    public Func<EncodedSegment, Task>? OnSegment { get; set; }

    public int ProcessId { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public Task StartedAsync(int processId, DateTimeOffset startedAt, CancellationToken ct)
    {
        (ProcessId, StartedAt) = (processId, startedAt);
        return Task.CompletedTask;
    }

    public Task InitAsync(RenditionInit init, CancellationToken ct)
    {
        Inits[init.Rendition] = init with { Path = Move(init.Rendition, init.Path) };
        return Task.CompletedTask;
    }

    public async Task SegmentAsync(EncodedSegment segment, CancellationToken ct)
    {
        if (OnSegment is not null) await OnSegment(segment);
        ct.ThrowIfCancellationRequested();
        if (!Segments.TryGetValue(segment.Rendition, out var list)) Segments[segment.Rendition] = list = [];
        Assert.That(segment.Number, Is.EqualTo(list.Count), "segments come in order, each once");
        list.Add(segment with { Path = Move(segment.Rendition, segment.Path) });
        Order.Add($"{segment.Rendition}/{segment.Number}");
    }

    /// <summary>The rendition as one file that any player can read.</summary>
    public string Join(string rendition)
    {
        var path = Path.Combine(library, $"{rendition}.mp4");
        using var file = File.Create(path);
        foreach (var part in Segments[rendition].Select(s => s.Path).Prepend(Inits[rendition].Path)) file.Write(File.ReadAllBytes(part));
        return path;
    }

    /// <summary>Every frame's time and size, as ffmpeg's decoder sees them; the decoder must have nothing to complain about.</summary>
    public async Task<List<string>> DecodeAsync(string rendition)
    {
        var run = await FfmpegProcess.RunAsync(
            "ffmpeg", ["-nostdin", "-v", "warning", "-xerror", "-i", Join(rendition), "-f", "framehash", "-hash", "crc32", "-"], CancellationToken.None);
        Assert.That(run.Error, Is.Null);
        Assert.That(run.Value.ErrorTail, Is.Empty);
        Assert.That(run.Value.Code, Is.Zero);
        return [.. run.Value.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith('#'))];
    }

    public string Describe() => string.Join('\n', Segments.Select(r => new StringBuilder(r.Key).Append(": ").AppendJoin(
        ' ', r.Value.Select(s => FormattableString.Invariant($"{(double)s.DurationTicks / s.Timescale:0.###}"))).ToString()));

    private string Move(string rendition, string path)
    {
        Directory.CreateDirectory(Path.Combine(library, rendition));
        var kept = Path.Combine(library, rendition, Path.GetFileName(path));
        File.Move(path, kept, overwrite: true);
        return kept;
    }
}
