using Microsoft.Extensions.Logging;

namespace Streaming.Platform.Caching;

/// <summary>
/// Looks after one zone: connects it, writes what it has missed, and lets it be read only when it is complete again. A zone that comes
/// back empty is filled with the hottest keys first, at a rate that leaves the others alone.
/// </summary>
internal sealed partial class ZoneKeeper(Zone zone, Zones zones, HotKeys hot, TagEpochs epochs, HybridClock hybrid, TimeProvider clock, ILogger log)
{
    private const int AtOnce = 16;
    private const int CopiesAtOnce = 50;
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _copyTick = TimeSpan.FromMilliseconds(25);

    private readonly Queue<string> _toCopy = new();
    private volatile bool _lost;

    public void Lost() => _lost = true;

    public async Task<bool> Arrive(CancellationToken stopping)
    {
        if (!await zone.Server.Connect(zones.News.Heard, Lost)) return false;
        _lost = false;
        var warm = await zone.Server.IsWarm(stopping);
        if (warm.Exception is not null) return false;
        if (!await zones.News.Poll(zone, since: 0, stopping)) return false;
        zone.IsWarm = warm.Result;
        zone.Become(ZoneState.CatchingUp);
        return true;
    }

    public async Task Keep(Task arrival, CancellationToken stopping)
    {
        await arrival.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!await Step(stopping)) await Task.Delay(_tick, clock, stopping);
                else if (_toCopy.Count > 0) await Task.Delay(_copyTick, clock, stopping);
                else await zone.Queue.Wait(_tick, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Stumbled(log, zone.Name, failure);
                Leave();
                await Task.Delay(_tick, clock, CancellationToken.None);
            }
        }
    }

    /// <returns>False where the zone does not answer.</returns>
    private async Task<bool> Step(CancellationToken stopping)
    {
        if (_lost || (zone.State != ZoneState.Away && zone.Server.Circuit != Polly.CircuitBreaker.CircuitState.Closed)) Leave();
        if (zone.State == ZoneState.Away && !await Arrive(stopping)) return false;
        if (!await Drain(stopping) || !await Repair(stopping)) return false;
        if (zone.State == ZoneState.CatchingUp && !await CaughtUp(stopping)) return false;
        if (zone.State == ZoneState.Warming && !await Warm(stopping)) return false;
        zones.Order();
        return true;
    }

    private void Leave()
    {
        zone.IsWarm = false;
        zone.Become(ZoneState.Away);
        zones.Order();
    }

    private async Task<bool> Drain(CancellationToken stopping)
    {
        while (true)
        {
            var writes = new List<ZoneWrite>(AtOnce);
            while (writes.Count < AtOnce && zone.Queue.TryTake(out var write)) writes.Add(write);
            if (writes.Count == 0) return true;
            var outcomes = await Task.WhenAll(writes.Select(w => zone.Write(w, stopping).AsTask()));
            var failed = false;
            for (var i = 0; i < writes.Count; i++)
            {
                if (outcomes[i] is not null) continue;
                zone.Queue.Add(writes[i]);
                failed = true;
            }

            if (failed) return false;
        }
    }

    /// <summary>What the zone may have an older value of gets the newer one from elsewhere, or is marked as removed.</summary>
    private async Task<bool> Repair(CancellationToken stopping)
    {
        if (zone.Queue.IsLost)
        {
            await zone.Server.Clear(stopping);
            zone.Queue.Cleared();
            zone.IsWarm = false;
            zone.Become(ZoneState.CatchingUp);
        }

        while (zone.Queue.TryTakeDirty(out var key, out var version))
        {
            var value = await zones.ReadBeside(zone, key, stopping);
            if (value is null || value.Version < version) value = ZoneValue.Removed(version, hybrid.UnixMilliseconds);
            if (await zone.Write(new ZoneWrite(WriteKind.Fill, key, value, value.Version), stopping) is not null) continue;
            zone.Queue.Soil(key, version);
            return false;
        }

        return true;
    }

    private async Task<bool> CaughtUp(CancellationToken stopping)
    {
        foreach (var (tag, time) in epochs.All)
            if ((await zone.Server.Raise(new ZoneWrite(WriteKind.Tag, tag, null, new(time, 0)), announced: false, stopping)).Exception is not null) return false;
        zone.Queue.TagsAreThere();
        if (zone.IsWarm || !zones.AnyWarmBeside(zone)) return await Serve(stopping);
        foreach (var key in hot.Hottest()) _toCopy.Enqueue(key);
        zone.Shadow.Begin(clock.GetTimestamp());
        zone.Become(ZoneState.Warming);
        return true;
    }

    private async Task<bool> Warm(CancellationToken stopping)
    {
        for (var copied = 0; copied < CopiesAtOnce && _toCopy.TryDequeue(out var key); copied++)
        {
            var value = await zones.ReadBeside(zone, key, stopping);
            if (value is { IsRemoval: false } && await zone.Write(new ZoneWrite(WriteKind.Fill, key, value, value.Version), stopping) is null) return false;
        }

        return _toCopy.Count > 0 || !zone.Shadow.IsDone(clock) || await Serve(stopping);
    }

    private async Task<bool> Serve(CancellationToken stopping)
    {
        if ((await zone.Server.MarkWarm(stopping)).Exception is not null) return false;
        zone.IsWarm = true;
        zone.Become(ZoneState.Serving);
        return true;
    }

    [LoggerMessage(1, LogLevel.Warning, "Cache zone {Zone} could not be looked after; it is tried again")]
    private static partial void Stumbled(ILogger logger, string zone, Exception failure);
}
