namespace Streaming.Platform.Caching;

/// <summary>Several keys at once: own memory one by one, the zones in one round trip each, the source once.</summary>
internal sealed partial class ZoneCache
{
    // What is due within this share of its soft life is made anew together with what is due now, and not in a load of its own.
    private const double Along = 0.2;

    public ValueTask<T?[]> GetOrCreateMany<TId, T, TState>(
        IReadOnlyList<TId> ids, Func<TId, string> keyOf, TState state,
        Func<TState, IReadOnlyList<TId>, CancellationToken, ValueTask<IReadOnlyDictionary<TId, T>>> factory, CacheLife life, CancellationToken cancellationToken)
        where TId : notnull
        where T : class
    {
        var reading = new ManyReading<TId, T>(ids, keyOf);
        for (var i = 0; i < ids.Count; i++)
        {
            if (Near<T>(reading.Keys[i], out var value, out var isStale, out var floor, out var softAt)) reading.Found(i, value!, isStale, IsSoon(softAt, life));
            else reading.Missing.Add((i, floor));
        }

        if (reading.Missing.Count > 0) return FarMany(reading, new Batch<TId, T, TState>(state, factory, life.Checked()), cancellationToken);
        if (reading.IsAnyStale) _loads.RefreshMany(new Batch<TId, T, TState>(state, factory, life), reading.Due);
        return new(reading.Values);
    }

    private async ValueTask<T?[]> FarMany<TId, T, TState>(ManyReading<TId, T> reading, Batch<TId, T, TState> batch, CancellationToken cancellationToken)
        where TId : notnull
        where T : class
    {
        if (_zones is not null) await FromZones(reading, batch.Life, cancellationToken);
        if (reading.IsAnyStale) _loads.RefreshMany(batch, reading.Due);
        if (reading.Missing.Count == 0) return reading.Values;

        var wanted = reading.Missing.ConvertAll(m => reading.Of(m.At));
        foreach (var (_, key) in wanted) _uses.OfKey(key).Missed();
        var landed = await Task.WhenAll(_loads.JoinMany(batch, wanted)).WaitAsync(cancellationToken);
        for (var i = 0; i < landed.Length; i++) reading.Values[reading.Missing[i].At] = (T?)landed[i];
        return reading.Values;
    }

    private async ValueTask FromZones<TId, T>(ManyReading<TId, T> reading, CacheLife life, CancellationToken cancellationToken) where TId : notnull where T : class
    {
        var asked = reading.Missing.ToArray();
        var keys = Array.ConvertAll(asked, m => reading.Keys[m.At]);
        var hot = Array.ConvertAll(keys, key => _hot.Count(key));
        var found = await _zones!.ReadMany(keys, Array.ConvertAll(asked, m => m.Floor), cancellationToken);
        reading.Missing.Clear();
        for (var i = 0; i < asked.Length; i++)
        {
            if (found[i] is not { } sealedValue || _loads.Open<T>(sealedValue) is not { } value)
            {
                reading.Missing.Add(asked[i]);
                continue;
            }

            if (hot[i]) _loads.KeepForAMoment(keys[i], value, sealedValue);
            var left = sealedValue.SoftAt - _hybrid.UnixMilliseconds;
            _uses.OfKey(keys[i]).ZoneHit(left <= 0);
            reading.Found(asked[i].At, value, left <= 0, left <= life.Soft.TotalMilliseconds * Along);
        }
    }

    private bool IsSoon(long softAt, CacheLife life) => softAt - _clock.GetTimestamp() <= life.Soft.TotalSeconds * Along * _clock.TimestampFrequency;

    private sealed class ManyReading<TId, T>(IReadOnlyList<TId> ids, Func<TId, string> keyOf) where TId : notnull where T : class
    {
        public string[] Keys { get; } = [.. ids.Select(keyOf)];

        public T?[] Values { get; } = new T?[ids.Count];

        public List<(int At, CacheVersion Floor)> Missing { get; } = [];

        /// <summary>What is past its soft life, or soon will be.</summary>
        public List<(TId Id, string Key)> Due { get; } = [];

        public bool IsAnyStale { get; private set; }

        public (TId Id, string Key) Of(int at) => (ids[at], Keys[at]);

        public void Found(int at, T value, bool isStale, bool isSoon)
        {
            Values[at] = value;
            IsAnyStale |= isStale;
            if (isStale || isSoon) Due.Add(Of(at));
        }
    }
}
