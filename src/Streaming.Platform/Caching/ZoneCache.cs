using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Resilience;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Caching;

/// <summary>
/// Own memory, then the zones, then the source. Without zones, own memory is the one zone; with them it holds hot keys for a moment, and
/// what was removed lately.
/// </summary>
internal sealed partial class ZoneCache : IZoneCache, IHostedService, IAsyncDisposable
{
    // A clock that is further ahead is learned from the first refusal.
    private const int Attempts = 3;

    private static readonly TimeSpan _poll = TimeSpan.FromSeconds(5);

    private readonly TagEpochs _epochs = new();
    private readonly Flights _flights = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CacheCounts _counts = new();
    private readonly HybridClock _hybrid;
    private readonly TimeProvider _clock;
    private readonly ILogger<ZoneCache> _log;
    private readonly LocalStore _local;
    private readonly LocalOptions _localOptions;
    private readonly Source _source;
    private readonly HotKeys _hot;
    private readonly Zones? _zones;
    private Task _polling = Task.CompletedTask;

    public ZoneCache(CacheOptions options, Dependencies dependencies, TimeProvider clock, ILogger<ZoneCache> log)
    {
        (_clock, _log, _localOptions, _hybrid) = (clock, log, options.Local, new HybridClock(clock));
        _local = new LocalStore(options.Local.MaxBytes, options.Local.MaxEntries, _epochs, clock);
        _source = new Source(options.Source, clock);
        _hot = new HotKeys(options.Local.HotReads);
        if (options.Zones.Count == 0) return;
        _zones = new Zones(options, dependencies, _local, _epochs, _hot, _hybrid, clock, log) { Changed = _flights.Forget, TagChanged = _flights.ForgetTagged };
    }

    public ValueTask<T?> Get<T>(string key, CancellationToken cancellationToken) where T : class
    {
        if (Near<T>(key, out var value, out _, out var floor)) return new(value);
        return _zones is null ? Missed<T>() : Far(key, floor, cancellationToken);

        async ValueTask<T?> Far(string key, CacheVersion floor, CancellationToken cancellationToken)
        {
            var (value, _) = await FromZones<T>(key, floor, cancellationToken);
            _counts.Read(isHit: value is not null);
            return value;
        }
    }

    public ValueTask<T?> GetOrCreate<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CancellationToken cancellationToken)
        where T : class
    {
        if (!Near<T>(key, out var value, out var isStale, out var floor)) return Far(key, state, factory, life, floor, cancellationToken);
        if (isStale) Refresh(key, state, factory, life, floor);
        return new(value);
    }

    public async ValueTask Set<T>(string key, T value, CacheLife life, CancellationToken cancellationToken) where T : class
    {
        life.Checked();
        _flights.Forget(key);
        for (var attempt = 0; attempt < Attempts; attempt++)
            if (await Store(WriteKind.Set, key, value, _hybrid.NextOfAll(), life, cancellationToken) != WriteOutcome.Newer) return;
    }

    public async ValueTask Remove(string key, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var version = _hybrid.NextOfAll();
            _local.Remove(key, version);
            _flights.Forget(key);
            if (_zones is null) return;
            var removal = ZoneValue.Removed(version, _hybrid.UnixMilliseconds);
            if (await _zones.Write(new ZoneWrite(WriteKind.Removal, key, removal, version), cancellationToken) != WriteOutcome.Newer) return;
        }
    }

    public async ValueTask Invalidate(string tag, CancellationToken cancellationToken)
    {
        var version = _hybrid.NextOfAll();
        _epochs.Raise(tag, version.Time);
        _flights.ForgetTagged(tag);
        if (_zones is not null) await _zones.Write(new ZoneWrite(WriteKind.Tag, tag, null, version), cancellationToken);
    }

    public CacheReport Report() => new(
        _zones is null ? "memory" : "zones", _zones?.OwnName, _counts.Reads, _counts.Hits, _counts.StaleHits, _local.Report(_counts.LocalHits),
        [.. (_zones?.InOrder ?? []).Select(z => z.Report())], _source.Report());

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_zones is not null) await _zones.Start(cancellationToken);
        _polling = Poll();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _polling;
        await _flights.Settled().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested) await StopAsync(CancellationToken.None);
        if (_zones is not null) await _zones.DisposeAsync();
        _source.Dispose();
        _stop.Dispose();
    }

    private bool Near<T>(string key, out T? value, out bool isStale, out CacheVersion floor) where T : class
    {
        var now = _clock.GetTimestamp();
        var entry = _local.Find(key, now);
        (value, isStale, floor) = (entry?.Value as T, false, entry?.Version ?? default);
        if (value is null) return false;
        isStale = now >= entry!.SoftAt;
        if (_zones is not null && (++entry.Hits & 7) == 0) _hot.Count(key, 8);
        _counts.LocalHit(isStale);
        return true;
    }

    private ValueTask<T?> Missed<T>() where T : class
    {
        _counts.Read(isHit: false);
        return default;
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
                _counts.Read(isHit: true, isStale);
                if (isStale) Refresh(key, state, factory, life, floor);
                return value;
            }
        }

        _counts.Read(isHit: false);
        var flight = _flights.Join(key, life.Tags, () => Load(key, state, factory, life, floor), out var began);
        if (!began) _source.Joined();
        return (T?)await flight.WaitAsync(cancellationToken);
    }

    private async ValueTask<(T? Value, bool IsStale)> FromZones<T>(string key, CacheVersion floor, CancellationToken cancellationToken) where T : class
    {
        var isHot = _hot.Count(key);
        var found = await _zones!.Read(key, floor, isCounted: true, cancellationToken);
        if (found is null || Open<T>(found) is not { } value) return default;
        if (isHot) KeepForAMoment(key, value, found);
        return (value, _hybrid.UnixMilliseconds >= found.SoftAt);
    }

    /// <summary>Nobody waits for it, so it carries nothing of whoever happened to ask.</summary>
    private void Refresh<T, TState>(string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CacheVersion floor) where T : class
    {
        if (_flights.IsFlying(key) || _stop.IsCancellationRequested) return;
        using var _ = ExecutionContext.SuppressFlow();
        _flights.Join(key, life.Tags, () => Task.Run(() => Load(key, state, factory, life, floor)), out var began);
        if (began) _source.Refreshing();
    }

    private async Task<object?> Load<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CacheVersion floor) where T : class
    {
        Zones.Lease? lease = null;
        try
        {
            if (_zones is not null)
            {
                (var made, lease) = await _zones.Turn(key, floor, _stop.Token);
                if (made is not null && Open<T>(made) is { } theirs) return theirs;
            }

            // Before the source is asked: what is removed or set while it answers is newer than the answer.
            var version = _hybrid.Next();
            var value = await _source.Load(factory, state, _stop.Token);
            if (value is not null) await Store(WriteKind.Fill, key, value, version, life, _stop.Token);
            return value;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            LoadFailed(_log, key, failure.Message);
            throw;
        }
        finally
        {
            if (lease is not null) await Zones.Release(lease);
        }
    }

    private async ValueTask<WriteOutcome?> Store<T>(WriteKind kind, string key, T value, CacheVersion version, CacheLife life, CancellationToken cancellationToken) where T : class
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options);
        var (soft, hard) = Jitter.Of(life, key, version);
        if (_zones is null)
        {
            _local.Put(new LocalEntry(key, value, version, life.Tags, json.Length) { SoftAt = In(soft), HardAt = In(hard) });
            return WriteOutcome.Written;
        }

        var now = _hybrid.UnixMilliseconds;
        var sealedValue = ZoneValue.Of(version, now + (long)soft.TotalMilliseconds, now + (long)hard.TotalMilliseconds, life.Tags, json);
        var outcome = await _zones.Write(new ZoneWrite(kind, key, sealedValue, version), cancellationToken);
        // What no zone could take is answered from here meanwhile, so that the source is not asked for it at every turn.
        if (outcome is null || (outcome != WriteOutcome.Newer && (kind == WriteKind.Set || _hot.Estimate(key) >= _localOptions.HotReads)))
            KeepForAMoment(key, value, sealedValue);
        return outcome;
    }

    private void KeepForAMoment<T>(string key, T value, ZoneValue found) where T : class
    {
        var now = _hybrid.UnixMilliseconds;
        var left = Math.Min(_localOptions.Seconds, (found.HardAt - now) / 1000.0);
        _local.Put(new LocalEntry(key, value, found.Version, found.Tags, found.Json.Length)
        {
            SoftAt = In(TimeSpan.FromMilliseconds(Math.Max(0, found.SoftAt - now))),
            HardAt = In(TimeSpan.FromSeconds(left)),
        });
    }

    private long In(TimeSpan span) => _clock.GetTimestamp() + (long)(span.TotalSeconds * _clock.TimestampFrequency);

    private T? Open<T>(ZoneValue found) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(found.Json.Span, ContractJson.Options);
        }
        catch (JsonException failure)
        {
            Unreadable(_log, typeof(T).Name, failure.Message);
            return null;
        }
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
                if (_zones is not null) await _zones.PollTags(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The source of {Key} failed: {Reason}")]
    private static partial void LoadFailed(ILogger logger, string key, string reason);

    [LoggerMessage(2, LogLevel.Warning, "A cached value is no {Type} of this release and is made anew: {Reason}")]
    private static partial void Unreadable(ILogger logger, string type, string reason);
}
