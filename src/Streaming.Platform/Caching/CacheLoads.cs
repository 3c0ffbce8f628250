using System.Text.Json;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Caching;

/// <summary>How a value comes from its source into the cache: once for all who ask, in this process and in the others.</summary>
internal sealed partial class CacheLoads(
    LocalOptions options, LocalStore local, CacheUses uses, Zones? zones, Source source, HotKeys hot, HybridClock hybrid, TimeProvider clock, ILogger log,
    CancellationToken stopping)
{
    private static readonly TimeSpan _complaints = TimeSpan.FromSeconds(1);

    private readonly Flights _flights = new();
    private long _complained;

    public void Forget(string key) => _flights.Forget(key);

    public void ForgetTagged(string tag) => _flights.ForgetTagged(tag);

    public Task Settled() => _flights.Settled();

    public async Task<T?> Join<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CacheVersion floor) where T : class
    {
        var flight = _flights.Join(key, life.Tags, async () => await Load(key, state, factory, life, floor), out var began);
        if (!began) source.Joined();
        return (T?)await flight;
    }

    /// <summary>Nobody waits for it, so it carries nothing of whoever happened to ask.</summary>
    public void Refresh<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CacheVersion floor) where T : class
    {
        if (_flights.IsFlying(key) || stopping.IsCancellationRequested) return;
        using var _ = ExecutionContext.SuppressFlow();
        _flights.Join(key, life.Tags, () => Task.Run(InBackground), out var began);
        if (began) source.Refreshing();

        async Task<object?> InBackground()
        {
            try
            {
                return await Load(key, state, factory, life, floor);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                NotRefreshedNow(key, failure);
                throw;
            }
        }
    }

    /// <summary>One load for all of these keys that nobody is loading already; the tasks are in the order of the ids.</summary>
    public Task<object?>[] JoinMany<TId, T, TState>(Batch<TId, T, TState> batch, IReadOnlyList<(TId Id, string Key)> wanted) where TId : notnull where T : class
    {
        var mine = new List<(TId Id, string Key)>(wanted.Count);
        var landed = Begin(batch, wanted, mine, out var made);
        for (var joined = mine.Count; joined < wanted.Count; joined++) source.Joined();
        if (mine.Count > 0) _ = Land(batch, mine, made);
        return landed;
    }

    /// <summary>The same where nobody waits, so it carries nothing of whoever happened to ask.</summary>
    public void RefreshMany<TId, T, TState>(Batch<TId, T, TState> batch, IReadOnlyList<(TId Id, string Key)> due) where TId : notnull where T : class
    {
        if (stopping.IsCancellationRequested || due.All(d => _flights.IsFlying(d.Key))) return;
        using var _ = ExecutionContext.SuppressFlow();
        var mine = new List<(TId Id, string Key)>(due.Count);
        Begin(batch, due, mine, out var made);
        if (mine.Count == 0) return;
        source.Refreshing();
        Task.Run(async () =>
        {
            if (await Land(batch, mine, made) is { } failure && !stopping.IsCancellationRequested) NotRefreshedNow(mine[0].Key, failure);
        });
    }

    private Task<object?>[] Begin<TId, T, TState>(
        Batch<TId, T, TState> batch, IReadOnlyList<(TId Id, string Key)> wanted, List<(TId Id, string Key)> mine, out TaskCompletionSource<IReadOnlyDictionary<TId, T>> made)
        where TId : notnull where T : class
    {
        var gathering = new TaskCompletionSource<IReadOnlyDictionary<TId, T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var landed = new Task<object?>[wanted.Count];
        for (var i = 0; i < landed.Length; i++)
        {
            var one = wanted[i];
            landed[i] = _flights.Join(one.Key, batch.Life.Tags, async () => (await gathering.Task).GetValueOrDefault(one.Id), out var began);
            if (began) mine.Add(one);
        }

        made = gathering;
        return landed;
    }

    /// <summary>Asks the source, keeps what it says and tells who waits; answers what went wrong instead of throwing it.</summary>
    private async Task<Exception?> Land<TId, T, TState>(
        Batch<TId, T, TState> batch, List<(TId Id, string Key)> mine, TaskCompletionSource<IReadOnlyDictionary<TId, T>> made) where TId : notnull where T : class
    {
        try
        {
            var version = hybrid.Next();
            var values = (await source.Load(static (load, ct) => load.batch.Make(load.mine, ct), (batch, mine), stopping))!;
            var kept = mine.Where(m => values.TryGetValue(m.Id, out var value) && value is not ICacheChoice { IsKept: false });
            await Task.WhenAll(kept.Select(m => Store(WriteKind.Fill, m.Key, values[m.Id], version, batch.Life, stopping).AsTask()));
            made.SetResult(values);
            return null;
        }
        catch (Exception failure)
        {
            made.SetException(failure);
            return failure;
        }
    }

    /// <returns>What became of it in the first zone that could be written; null where none could.</returns>
    public async ValueTask<WriteOutcome?> Store<T>(WriteKind kind, string key, T value, CacheVersion version, CacheLife life, CancellationToken cancellationToken)
        where T : class
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options);
        var (soft, hard) = Jitter.Of(life, key, version);
        if (zones is null)
        {
            local.Put(new LocalEntry(key, value, version, life.Tags, json.Length) { Use = uses.OfKey(key), SoftAt = In(soft), HardAt = In(hard) });
            return WriteOutcome.Written;
        }

        var now = hybrid.UnixMilliseconds;
        var sealedValue = ZoneValue.Of(version, now + (long)soft.TotalMilliseconds, now + (long)hard.TotalMilliseconds, life.Tags, json);
        var outcome = await zones.Write(new ZoneWrite(kind, key, sealedValue, version), cancellationToken);
        // What no zone could take is answered from here meanwhile, so that the source is not asked for it at every turn.
        if (outcome is null || (outcome != WriteOutcome.Newer && (kind == WriteKind.Set || hot.Estimate(key) >= options.HotReads)))
            KeepForAMoment(key, value, sealedValue);
        return outcome;
    }

    /// <summary>In this process's memory, for as long as a hot key is answered from there.</summary>
    public void KeepForAMoment<T>(string key, T value, ZoneValue found) where T : class
    {
        var now = hybrid.UnixMilliseconds;
        var left = Math.Min(options.Seconds, (found.HardAt - now) / 1000.0);
        local.Put(new LocalEntry(key, value, found.Version, found.Tags, found.Json.Length)
        {
            Use = uses.OfKey(key),
            SoftAt = In(TimeSpan.FromMilliseconds(Math.Max(0, found.SoftAt - now))),
            HardAt = In(TimeSpan.FromSeconds(left)),
        });
    }

    public T? Open<T>(ZoneValue found) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(found.Json.Span, ContractJson.Options);
        }
        catch (JsonException failure)
        {
            Unreadable(log, typeof(T).Name, failure.Message);
            return null;
        }
    }

    private async Task<T?> Load<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CacheVersion floor) where T : class
    {
        ZoneTurn? turn = null;
        try
        {
            if (zones is not null)
            {
                (var made, turn) = await zones.Turn(key, floor, stopping);
                if (made is not null && Open<T>(made) is { } theirs) return theirs;
            }

            // Before the source is asked: what is removed or set while it answers is newer than the answer.
            var version = hybrid.Next();
            var value = await source.Load(factory, state, stopping);
            if (value is not (null or ICacheChoice { IsKept: false })) await Store(WriteKind.Fill, key, value, version, life, stopping);
            return value;
        }
        finally
        {
            if (turn is not null) await turn.End();
        }
    }

    // A source that is down fails at every turn, and once a second is often enough to say so.
    private void NotRefreshedNow(string key, Exception failure)
    {
        var (now, last) = (clock.GetTimestamp(), Volatile.Read(ref _complained));
        if (last != 0 && clock.GetElapsedTime(last, now) < _complaints || Interlocked.CompareExchange(ref _complained, now, last) != last) return;
        NotRefreshed(log, key, failure.Message);
    }

    private long In(TimeSpan span) => clock.GetTimestamp() + (long)(span.TotalSeconds * clock.TimestampFrequency);

    [LoggerMessage(1, LogLevel.Warning, "{Key} could not be refreshed, and is answered as it was until its hard end: {Reason}")]
    private static partial void NotRefreshed(ILogger logger, string key, string reason);

    [LoggerMessage(2, LogLevel.Warning, "A cached value is no {Type} of this release and is made anew: {Reason}")]
    private static partial void Unreadable(ILogger logger, string type, string reason);
}

/// <summary>How several values are made at once.</summary>
internal sealed record Batch<TId, T, TState>(
    TState State, Func<TState, IReadOnlyList<TId>, CancellationToken, ValueTask<IReadOnlyDictionary<TId, T>>> Factory, CacheLife Life)
    where TId : notnull
    where T : class
{
    public async ValueTask<IReadOnlyDictionary<TId, T>?> Make(List<(TId Id, string Key)> wanted, CancellationToken cancellationToken) =>
        await Factory(State, [.. wanted.Select(w => w.Id)], cancellationToken);
}
