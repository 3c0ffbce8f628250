using System.Diagnostics.CodeAnalysis;

namespace Streaming.Platform.Caching;

/// <summary>
/// Writes that wait for a zone, one a key. What finds no room is dropped, and its key kept as dirty: the zone may hold something older,
/// which must be rewritten or deleted before the zone is believed again.
/// </summary>
internal sealed class ZoneQueue(int most = 16_384, int mostDirty = 131_072, long mostBytes = 64 * 1024 * 1024) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ZoneWrite> _waiting = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Dictionary<string, CacheVersion> _dirty = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _some = new(0, 1);
    private long _bytes;
    private bool _isDisposed;

    public int Count
    {
        get { lock (_lock) return _waiting.Count; }
    }

    public int Dirty
    {
        get { lock (_lock) return _dirty.Count; }
    }

    /// <summary>More keys are dirty than can be told apart: everything in the zone is.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Epochs of tags found no room.</summary>
    public bool MissesTags { get; private set; }

    public void Add(ZoneWrite write)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(write.Slot, out var older))
            {
                if (older.Version > write.Version || (older.Version == write.Version && write.Kind == WriteKind.Repair)) return;
                _waiting[write.Slot] = write;
                _bytes += write.Size - older.Size;
            }
            else if (_waiting.Count < most && _bytes + write.Size <= mostBytes)
            {
                _waiting.Add(write.Slot, write);
                _order.Enqueue(write.Slot);
                _bytes += write.Size;
            }
            else Overflow(write);

            if (!_isDisposed && _some.CurrentCount == 0) _some.Release();
        }
    }

    public bool TryTake([NotNullWhen(true)] out ZoneWrite? write)
    {
        lock (_lock)
        {
            write = null;
            if (!_order.TryDequeue(out var slot) || !_waiting.Remove(slot, out write)) return false;
            _bytes -= write.Size;
            return true;
        }
    }

    public bool TryTakeDirty([NotNullWhen(true)] out string? key, out CacheVersion version)
    {
        lock (_lock)
        {
            foreach (var (dirty, dropped) in _dirty)
            {
                (key, version) = (dirty, dropped);
                return _dirty.Remove(dirty);
            }

            (key, version) = (null, default);
            return false;
        }
    }

    public void Soil(string key, CacheVersion version)
    {
        lock (_lock)
        {
            if (_dirty.Count >= mostDirty && !_dirty.ContainsKey(key))
            {
                IsLost = true;
                _dirty.Clear();
            }

            if (!IsLost && (!_dirty.TryGetValue(key, out var known) || known < version)) _dirty[key] = version;
        }
    }

    public void Cleared()
    {
        lock (_lock) IsLost = false;
    }

    public void TagsAreThere()
    {
        lock (_lock) MissesTags = false;
    }

    /// <summary>Until there is something, but no longer than this.</summary>
    public Task Wait(TimeSpan atMost, CancellationToken cancellationToken) => _some.WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        lock (_lock) _isDisposed = true; // writes may still come from what is being answered
        _some.Dispose();
    }

    private void Overflow(ZoneWrite write)
    {
        if (write.Kind == WriteKind.Tag) MissesTags = true;
        else if (write.Kind != WriteKind.Repair) Soil(write.Key, write.Version);
    }
}
