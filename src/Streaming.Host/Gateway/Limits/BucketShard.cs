namespace Streaming.Host.Gateway.Limits;

/// <summary>What is known of one client under one limit.</summary>
internal struct Bucket
{
    public UInt128 Key;

    /// <summary>Below zero it is owed to the store that buckets are leased from.</summary>
    public double Tokens;

    /// <summary>The timestamp at which <see cref="Tokens"/> was right.</summary>
    public long At;

    /// <summary>Until this timestamp the store has nothing more to lease.</summary>
    public long EmptyUntil;

    /// <summary>More has been asked for and has not come yet.</summary>
    public bool IsAsked;

    public int Newer;
    public int Older;
}

/// <summary>A share of the buckets under one lock, in the order of their last use; the one unused for longest makes room for a new one.</summary>
internal sealed class BucketShard(int capacity)
{
    private const int None = -1;

    private readonly Dictionary<UInt128, int> _places = [];
    private Bucket[] _buckets = new Bucket[Math.Min(capacity, 16)];
    private int _newest = None;
    private int _oldest = None;

    public Lock Gate { get; } = new();

    public int Count
    {
        get
        {
            lock (Gate) return _places.Count;
        }
    }

    /// <summary>The bucket, found or made. Inside the lock, and not to be kept beyond it.</summary>
    public ref Bucket Touch(UInt128 key, double tokens, long now)
    {
        if (_places.TryGetValue(key, out var place))
        {
            if (place != _newest)
            {
                Unlink(place);
                Link(place);
            }

            return ref _buckets[place];
        }

        place = _places.Count < capacity ? Grown() : Evicted();
        _places[key] = place;
        _buckets[place] = new Bucket { Key = key, Tokens = tokens, At = now };
        Link(place);
        return ref _buckets[place];
    }

    /// <summary>Inside the lock: the bucket's place, or nothing where it has been forgotten.</summary>
    public bool Knows(UInt128 key) => _places.ContainsKey(key);

    private int Grown()
    {
        var place = _places.Count;
        if (place == _buckets.Length) Array.Resize(ref _buckets, Math.Min(capacity, _buckets.Length * 2));
        return place;
    }

    private int Evicted()
    {
        var place = _oldest;
        _places.Remove(_buckets[place].Key);
        Unlink(place);
        return place;
    }

    private void Link(int place)
    {
        (_buckets[place].Newer, _buckets[place].Older) = (None, _newest);
        if (_newest == None) _oldest = place;
        else _buckets[_newest].Newer = place;
        _newest = place;
    }

    private void Unlink(int place)
    {
        var (newer, older) = (_buckets[place].Newer, _buckets[place].Older);
        if (newer == None) _newest = older;
        else _buckets[newer].Older = older;
        if (older == None) _oldest = newer;
        else _buckets[older].Newer = newer;
    }
}
