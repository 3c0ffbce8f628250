using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Caching;

/// <summary>
/// Own memory, then the zones, then the source. Without zones, own memory is the one zone; with them it holds hot keys for a moment, and
/// what was removed lately.
/// </summary>
internal sealed partial class ZoneCache : IZoneCache, IHostedService, IAsyncDisposable, IDisposable
{
    // A clock that is further ahead is learned from the first refusal.
    private const int Attempts = 3;

    private static readonly TimeSpan _poll = TimeSpan.FromSeconds(5);

    private readonly TagEpochs _epochs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CacheUses _uses = new();
    private readonly HybridClock _hybrid;
    private readonly TimeProvider _clock;
    private readonly LocalStore _local;
    private readonly Source _source;
    private readonly CacheLoads _loads;
    private readonly HotKeys _hot;
    private readonly Zones? _zones;
    private ImmutableArray<(string Prefix, Action<string> Changed)> _listeners = [];
    private Task _polling = Task.CompletedTask;
    private bool _disposed;

    public ZoneCache(CacheOptions options, Dependencies dependencies, TimeProvider clock, ILogger<ZoneCache> log)
    {
        (_clock, _hybrid) = (clock, new HybridClock(clock));
        _local = new LocalStore(options.Local.MaxBytes, options.Local.MaxEntries, _epochs, clock);
        _source = new Source(options.Source, clock);
        _hot = new HotKeys(options.Local.HotReads);
        if (options.Zones.Count > 0) _zones = new Zones(options, dependencies, _local, _epochs, _hot, _hybrid, clock, log);
        _loads = new CacheLoads(options.Local, _local, _uses, _zones, _source, _hot, _hybrid, clock, log, _stop.Token);
    }

    public ValueTask<T?> Get<T>(string key, CancellationToken cancellationToken) where T : class
    {
        if (Near<T>(key, out var value, out _, out var floor)) return new(value);
        return _zones is null ? Missed<T>(key) : Far(key, floor, cancellationToken);

        async ValueTask<T?> Far(string key, CacheVersion floor, CancellationToken cancellationToken)
        {
            var (value, isStale) = await FromZones<T>(key, floor, cancellationToken);
            if (value is null) _uses.OfKey(key).Missed();
            else _uses.OfKey(key).ZoneHit(isStale);
            return value;
        }
    }

    public ValueTask<T?> GetOrCreate<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CancellationToken cancellationToken)
        where T : class
    {
        if (!Near<T>(key, out var value, out var isStale, out var floor)) return Far(key, state, factory, life, floor, cancellationToken);
        if (isStale) _loads.Refresh(key, state, factory, life, floor);
        return new(value);
    }

    public async ValueTask Set<T>(string key, T value, CacheLife life, CancellationToken cancellationToken) where T : class
    {
        life.Checked();
        _loads.Forget(key);
        for (var attempt = 0; attempt < Attempts; attempt++)
            if (await _loads.Store(WriteKind.Set, key, value, _hybrid.NextOfAll(), life, cancellationToken) != WriteOutcome.Newer) return;
    }

    public async ValueTask Remove(string key, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var version = _hybrid.NextOfAll();
            _local.Remove(key, version);
            _loads.Forget(key);
            if (_zones is null) return;
            var removal = ZoneValue.Removed(version, _hybrid.UnixMilliseconds);
            if (await _zones.Write(new ZoneWrite(WriteKind.Removal, key, removal, version), cancellationToken) != WriteOutcome.Newer) return;
        }
    }

    public async ValueTask Invalidate(string tag, CancellationToken cancellationToken)
    {
        var version = _hybrid.NextOfAll();
        _epochs.Raise(tag, version.Time);
        _loads.ForgetTagged(tag);
        if (_zones is not null) await _zones.Write(new ZoneWrite(WriteKind.Tag, tag, null, version), cancellationToken);
    }

    public void Listen(string prefix, Action<string> changed) => ImmutableInterlocked.Update(ref _listeners, l => l.Add((prefix, changed)));

    public CacheUse Use(string name) => _uses.Named(name);

    public CacheReport Report()
    {
        var uses = _uses.Report();
        var (local, zone) = (uses.Sum(u => u.LocalHits), uses.Sum(u => u.ZoneHits));
        return new CacheReport(
            _zones is null ? "memory" : "zones", _zones?.OwnName, uses.Sum(u => u.Reads), local + zone, uses.Sum(u => u.StaleHits), _local.Report(local),
            [.. (_zones?.InOrder ?? []).Select(z => z.Report())], _source.Report(), uses);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_zones is not null) await _zones.Start(Changed, _loads.ForgetTagged, cancellationToken);
        _polling = Poll();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _polling;
        await _loads.Settled().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>For a container that never started it, and so has nothing to wait for.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        _stop.Cancel();
        _source.Dispose();
        _stop.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        // A container disposes of it once for each service that it is.
        if (Interlocked.Exchange(ref _disposed, true)) return;
        if (!_stop.IsCancellationRequested) await StopAsync(CancellationToken.None);
        if (_zones is not null) await _zones.DisposeAsync();
        _source.Dispose();
        _stop.Dispose();
    }

    private bool Near<T>(string key, out T? value, out bool isStale, out CacheVersion floor) where T : class =>
        Near(key, out value, out isStale, out floor, out _);

    private bool Near<T>(string key, out T? value, out bool isStale, out CacheVersion floor, out long softAt) where T : class
    {
        var now = _clock.GetTimestamp();
        var entry = _local.Find(key, now);
        (value, isStale, floor, softAt) = (entry?.Value as T, false, entry?.Version ?? default, entry?.SoftAt ?? 0);
        if (value is null) return false;
        isStale = now >= entry!.SoftAt;
        if (_zones is not null && (++entry.Hits & 7) == 0) _hot.Count(key, 8);
        entry.Use!.LocalHit(isStale);
        return true;
    }

    private ValueTask<T?> Missed<T>(string key) where T : class
    {
        _uses.OfKey(key).Missed();
        return default;
    }

    private void Changed(string key)
    {
        _loads.Forget(key);
        foreach (var (prefix, changed) in _listeners)
            if (key.StartsWith(prefix, StringComparison.Ordinal)) changed(key);
    }

    private async ValueTask<T?> Far<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CacheVersion floor, CancellationToken cancellationToken)
        where T : class
    {
        life.Checked();
        if (_zones is not null)
        {
            var (value, isStale) = await FromZones<T>(key, floor, cancellationToken);
            if (value is not null)
            {
                _uses.OfKey(key).ZoneHit(isStale);
                if (isStale) _loads.Refresh(key, state, factory, life, floor);
                return value;
            }
        }

        _uses.OfKey(key).Missed();
        return await _loads.Join(key, state, factory, life, floor).WaitAsync(cancellationToken);
    }

    private async ValueTask<(T? Value, bool IsStale)> FromZones<T>(string key, CacheVersion floor, CancellationToken cancellationToken) where T : class
    {
        var isHot = _hot.Count(key);
        var found = await _zones!.Read(key, floor, isCounted: true, cancellationToken);
        if (found is null || _loads.Open<T>(found) is not { } value) return default;
        if (isHot) _loads.KeepForAMoment(key, value, found);
        return (value, _hybrid.UnixMilliseconds >= found.SoftAt);
    }

    private async Task Poll()
    {
        using var timer = new PeriodicTimer(_poll, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _hot.Age();
                _epochs.ForgetBefore(HybridClock.TimeOf(_hybrid.UnixMilliseconds - (long)CacheLife.Longest.TotalMilliseconds * 11 / 10));
                if (_zones is not null) await _zones.News.Poll(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
