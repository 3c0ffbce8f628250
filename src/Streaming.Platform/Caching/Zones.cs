using Microsoft.Extensions.Logging;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Caching;

/// <summary>All zones together: the closest that knows is read, all are written, the first that has written is waited for.</summary>
internal sealed class Zones : IAsyncDisposable
{
    private static readonly TimeSpan _firstConnection = TimeSpan.FromSeconds(3);

    private readonly Zone _own;
    private readonly Zone[] _all;
    private readonly ZoneKeeper[] _keepers;
    private readonly TagEpochs _epochs;
    private readonly HybridClock _hybrid;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private Zone[] _order;
    private Task _keeping = Task.CompletedTask;

    public Zones(CacheOptions options, Dependencies dependencies, LocalStore local, TagEpochs epochs, HotKeys hot, HybridClock hybrid, TimeProvider clock, ILogger log)
    {
        (_epochs, _hybrid, _clock) = (epochs, hybrid, clock);
        News = new ZoneNews(this, local, epochs, hybrid);
        _all = [.. options.Zones.OrderBy(z => z.Name, StringComparer.Ordinal).Select(z =>
            new Zone(z.Name, new ZoneServer(z, options.Prefix, dependencies.Of(ResiliencePolicies.CacheZone, z.Name)), hybrid, clock, log))];
        _own = _all.Single(z => z.Name == options.Zone);
        _keepers = [.. _all.Select(z => new ZoneKeeper(z, this, hot, epochs, hybrid, clock, log))];
        _order = [_own, .. _all.Where(z => z != _own)];
    }

    public IReadOnlyList<Zone> All => _all;

    public ZoneNews News { get; }

    public string OwnName => _own.Name;

    public IReadOnlyList<Zone> InOrder => Volatile.Read(ref _order);

    /// <summary>Connects what answers soon, and looks after all of them from then on.</summary>
    /// <param name="changed">Told every key that another process has set or removed.</param>
    /// <param name="tagChanged">Told every tag that another process has invalidated.</param>
    /// <param name="cancellationToken">Ends the wait for the first connections.</param>
    public async Task Start(Action<string> changed, Action<string> tagChanged, CancellationToken cancellationToken)
    {
        (News.Changed, News.TagChanged) = (changed, tagChanged);
        var arrivals = _keepers.Select(k => k.Arrive(_stop.Token)).ToArray();
        try
        {
            await Task.WhenAll(arrivals).WaitAsync(_firstConnection, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The keepers go on trying.
        }

        _keeping = Task.WhenAll(_keepers.Zip(arrivals, (keeper, arrival) => keeper.Keep(arrival, _stop.Token)));
    }

    /// <summary>Own zone first, then the fastest; those that do not serve come last.</summary>
    public void Order() => Volatile.Write(ref _order,
        [.. _all.OrderByDescending(z => z.IsServing).ThenByDescending(z => z == _own).ThenBy(z => z.LatencyMs).ThenBy(z => z.Name, StringComparer.Ordinal)]);

    public bool AnyWarmBeside(Zone zone) => _all.Any(z => z != zone && z is { IsWarm: true, State: not ZoneState.Away });

    /// <summary>The value, if a zone has one that is no older than <paramref name="floor"/>.</summary>
    /// <param name="isCounted">False for a second look at what has just been missed.</param>
    public async ValueTask<ZoneValue?> Read(string key, CacheVersion floor, bool isCounted, CancellationToken cancellationToken)
    {
        foreach (var zone in Volatile.Read(ref _order))
        {
            if (!zone.IsBelieved) continue;
            var value = await zone.Get(key, isCounted, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (value is null || !IsBelieved(value, ref floor)) continue;
            if (isCounted) zone.Hit();
            Repair(zone, key, value);
            return value;
        }

        return null;
    }

    /// <summary>The same for several keys: a round trip a zone, until all are found.</summary>
    public async ValueTask<ZoneValue?[]> ReadMany(string[] keys, CacheVersion[] floors, CancellationToken cancellationToken)
    {
        var values = new ZoneValue?[keys.Length];
        var left = Enumerable.Range(0, keys.Length).ToArray();
        foreach (var zone in Volatile.Read(ref _order))
        {
            if (left.Length == 0) break;
            if (!zone.IsBelieved) continue;
            var found = await zone.GetMany(Array.ConvertAll(left, i => keys[i]), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (found is null) continue;
            for (var i = 0; i < left.Length; i++)
            {
                if (found[i] is not { } value || !IsBelieved(value, ref floors[left[i]])) continue;
                zone.Hit();
                Repair(zone, keys[left[i]], value);
                values[left[i]] = value;
            }

            left = Array.FindAll(left, i => values[i] is null);
        }

        return values;
    }

    /// <summary>The newest that the zones beside this one have, also a removal.</summary>
    public async ValueTask<ZoneValue?> ReadBeside(Zone beside, string key, CancellationToken cancellationToken)
    {
        ZoneValue? newest = null;
        foreach (var zone in _all)
        {
            if (zone == beside || !zone.IsServing) continue;
            var outcome = await zone.Server.Get(key, cancellationToken);
            if (outcome.Exception is null && ZoneValue.Open(outcome.Result) is { } value && (newest is null || value.Version > newest.Version))
                newest = value;
        }

        return newest;
    }

    /// <summary>Null where no zone could be written; it is then queued for all of them.</summary>
    public async ValueTask<WriteOutcome?> Write(ZoneWrite write, CancellationToken cancellationToken)
    {
        WriteOutcome? latch = null;
        foreach (var zone in Volatile.Read(ref _order))
        {
            // A write that has begun goes on in the other zones whatever becomes of its caller.
            var outcome = latch is null ? await zone.Write(write, CancellationToken.None) : null;
            if (outcome is null) zone.Queue.Add(write);
            else latch = outcome;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return latch;
    }

    /// <inheritdoc cref="ZoneTurn.Take"/>
    public Task<(ZoneValue? Value, ZoneTurn? Turn)> Turn(string key, CacheVersion floor, CancellationToken cancellationToken) =>
        ZoneTurn.Take(this, key, floor, _hybrid, _clock, cancellationToken);

    private bool IsBelieved(ZoneValue value, ref CacheVersion floor)
    {
        _hybrid.Observe(value.Version.Time);
        if (!value.IsRemoval) return value.Version >= floor && value.HardAt > _hybrid.UnixMilliseconds && !_epochs.Void(value.Tags, value.Version);
        if (floor < value.Version) floor = value.Version;
        return false;
    }

    private void Repair(Zone from, string key, ZoneValue value)
    {
        if (from != _own && _own.State != ZoneState.Away) _own.Queue.Add(new ZoneWrite(WriteKind.Repair, key, value, value.Version));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        foreach (var zone in _all) await zone.DisposeAsync();
        _stop.Dispose();
    }
}
