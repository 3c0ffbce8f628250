using System.Collections.Concurrent;

namespace Streaming.Platform.Caching;

/// <summary>Up to when what carries a tag is void. Nothing is looked for at an invalidation: whoever reads compares.</summary>
internal sealed class TagEpochs
{
    private readonly ConcurrentDictionary<string, long> _epochs = new(StringComparer.Ordinal);
    private int _generation;

    /// <summary>Changes with every epoch, so that what was compared already need not be again.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public IEnumerable<KeyValuePair<string, long>> All => _epochs;

    public bool Raise(string tag, long time)
    {
        while (true)
        {
            if (_epochs.TryGetValue(tag, out var known))
            {
                if (known >= time) return false;
                if (!_epochs.TryUpdate(tag, time, known)) continue;
            }
            else if (!_epochs.TryAdd(tag, time)) continue;

            Interlocked.Increment(ref _generation);
            return true;
        }
    }

    public bool Void(IReadOnlyList<string> tags, CacheVersion version)
    {
        for (var i = 0; i < tags.Count; i++)
            if (_epochs.TryGetValue(tags[i], out var epoch) && version.Time <= epoch) return true;
        return false;
    }

    /// <summary>Nothing lives longer than <see cref="CacheLife.Longest"/>, so older epochs can void nothing.</summary>
    public void ForgetBefore(long time)
    {
        foreach (var epoch in _epochs)
            if (epoch.Value < time) _epochs.TryRemove(epoch);
    }
}
