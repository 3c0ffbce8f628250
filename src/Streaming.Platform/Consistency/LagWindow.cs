namespace Streaming.Platform.Consistency;

/// <summary>
/// What the primary had written when. A copy is behind by the age of the oldest of these that it does not have: no clock but this
/// process's own is asked, and a primary that writes nothing makes nobody late.
/// </summary>
internal sealed class LagWindow(TimeProvider clock)
{
    private const int Most = 4096;

    private readonly Queue<(ulong Position, long At)> _written = new();
    private ulong _highest;

    /// <summary>The furthest position seen.</summary>
    public ulong Highest => Volatile.Read(ref _highest);

    public void Add(ulong position)
    {
        if (_written.Count > 0 && position <= _highest) return;
        if (_written.Count == Most) _written.Dequeue();
        _written.Enqueue((position, clock.GetTimestamp()));
        Volatile.Write(ref _highest, position);
    }

    public void Clear() => _written.Clear();

    /// <summary>Null where nothing has been seen that could be missed.</summary>
    public TimeSpan? LagOf(ulong position)
    {
        if (_written.Count == 0) return null;
        foreach (var (written, at) in _written)
            if (written > position) return clock.GetElapsedTime(at);
        return TimeSpan.Zero;
    }
}
