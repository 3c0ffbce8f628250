namespace Streaming.Platform.Caching;

/// <summary>The right to ask the source for a key, which one process has at a time, for five seconds at most.</summary>
internal sealed class ZoneTurn
{
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(25);

    private readonly Zone _zone;
    private readonly string _key;
    private readonly string _token;

    private ZoneTurn(Zone zone, string key, string token) => (_zone, _key, _token) = (zone, key, token);

    /// <summary>
    /// Waits until it is this process's turn to ask the source, or until another one has: then with its value. Where no zone
    /// answers, or one process takes too long, it is everybody's turn.
    /// </summary>
    public static async Task<(ZoneValue? Value, ZoneTurn? Turn)> Take(
        Zones zones, string key, CacheVersion floor, HybridClock hybrid, TimeProvider clock, CancellationToken cancellationToken)
    {
        var token = Guid.CreateVersion7().ToString("N");
        var began = clock.GetTimestamp();
        do
        {
            if (await Lock(zones.All, key, token, cancellationToken) is not { } locked) return (null, null);
            var value = await zones.Read(key, floor, isCounted: false, cancellationToken);
            if (value is not null && value.SoftAt > hybrid.UnixMilliseconds)
            {
                if (locked.IsMine) await locked.Turn.End();
                return (value, null);
            }

            if (locked.IsMine) return (null, locked.Turn);
            await Task.Delay(_pause, clock, cancellationToken);
        }
        while (clock.GetElapsedTime(began) < _lease);

        return (null, null);
    }

    public async Task End() => await _zone.Server.Unlock(_key, _token, CancellationToken.None);

    /// <summary>All processes ask the zones in the same order, or two could hold the same lock.</summary>
    private static async ValueTask<(bool IsMine, ZoneTurn Turn)?> Lock(IReadOnlyList<Zone> zones, string key, string token, CancellationToken cancellationToken)
    {
        foreach (var zone in zones)
        {
            if (zone.State == ZoneState.Away) continue;
            var outcome = await zone.Server.TryLock(key, token, _lease, cancellationToken);
            if (outcome.Exception is null) return (outcome.Result, new ZoneTurn(zone, key, token));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return null;
    }
}
