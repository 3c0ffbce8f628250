using System.Collections.Concurrent;
using Streaming.Catalog.Media;

namespace Streaming.Catalog.Ingests;

/// <summary>Why a step of work is broken off.</summary>
internal enum Interruption
{
    None,

    /// <summary>Somebody cancelled, changed or deleted the ingest, or another host has it now.</summary>
    Taken,

    DiskLow,

    /// <summary>Another file waits for its first picture.</summary>
    Preempted,
}

/// <summary>What this host is encoding at the moment, and how far it is. Nothing here outlives the host or needs to.</summary>
internal sealed class IngestActivity
{
    private readonly ConcurrentDictionary<Guid, RunningIngest> _running = [];

    public IReadOnlyCollection<RunningIngest> Running => [.. _running.Values];

    public RunningIngest? Find(Guid id) => _running.GetValueOrDefault(id);

    /// <summary>Null where this host is still busy with it.</summary>
    public RunningIngest? TryBegin(Guid id, bool isBase, CancellationToken ct)
    {
        var running = new RunningIngest(id, isBase, ct);
        if (_running.TryAdd(id, running)) return running;
        running.Dispose();
        return null;
    }

    public void End(RunningIngest running)
    {
        _running.TryRemove(running.Id, out _);
        running.Dispose();
    }

    public void Interrupt(Guid id, Interruption why) => Find(id)?.Interrupt(why);
}

/// <summary>A step of work that runs in this host.</summary>
internal sealed class RunningIngest(Guid id, bool isBase, CancellationToken ct) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    private int _why;

    public Guid Id { get; } = id;

    public bool IsBase { get; } = isBase;

    public CancellationToken Stopping => _stop.Token;

    public Interruption Why => (Interruption)Volatile.Read(ref _why);

    public TimeSpan Duration { get; private set; }

    /// <summary>The part of the whole work, 0 to 1, that this encode is.</summary>
    public (double From, double To) Share { get; private set; }

    public EncodeProgress? Encode { get; private set; }

    /// <summary>Media left to encode in this step.</summary>
    public TimeSpan Left => Encode is { } encode && encode.Encoded < Duration ? Duration - encode.Encoded : Duration;

    public double Progress => ProgressAt(Encode?.Encoded ?? TimeSpan.Zero);

    public void Plan(TimeSpan duration, double from, double to) => (Duration, Share, Encode) = (duration, (from, to), null);

    public void Report(EncodeProgress now) => Encode = now;

    public double ProgressAt(TimeSpan encoded) => Duration <= TimeSpan.Zero
        ? Share.From
        : Share.From + ((Share.To - Share.From) * Math.Clamp(encoded / Duration, 0, 1));

    public void Interrupt(Interruption why)
    {
        if (Interlocked.CompareExchange(ref _why, (int)why, (int)Interruption.None) != (int)Interruption.None) return;
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    public void Dispose() => _stop.Dispose();
}
