namespace Streaming.Platform.Caching;

/// <summary>What other processes have removed, set and invalidated: by message at once, and for tags by a poll as well, because messages get lost.</summary>
internal sealed class ZoneNews(Zones zones, LocalStore local, TagEpochs epochs, HybridClock hybrid)
{
    private static readonly TimeSpan _overlap = TimeSpan.FromMinutes(1);

    public Action<string>? Changed { get; set; }

    public Action<string>? TagChanged { get; set; }

    public async Task Poll(CancellationToken cancellationToken)
    {
        var since = HybridClock.TimeOf(hybrid.UnixMilliseconds - (long)_overlap.TotalMilliseconds);
        foreach (var zone in zones.All)
            if (zone.State != ZoneState.Away) await Poll(zone, since, cancellationToken);
    }

    /// <returns>False where the zone did not answer.</returns>
    public async Task<bool> Poll(Zone zone, long since, CancellationToken cancellationToken)
    {
        var outcome = await zone.Server.Tags(since, cancellationToken);
        if (outcome.Exception is not null) return false;
        foreach (var tag in outcome.Result!) Raise(tag.Element!, (long)tag.Score);
        return true;
    }

    public void Heard(byte[] message)
    {
        if (Announcement.Read(message) is not { } change) return;
        hybrid.Observe(change.Version.Time);
        if (change.IsTag) Raise(change.Name, change.Version.Time);
        else
        {
            local.Remove(change.Name, change.Version);
            Changed?.Invoke(change.Name);
        }
    }

    private void Raise(string tag, long time)
    {
        hybrid.Observe(time);
        if (epochs.Raise(tag, time)) TagChanged?.Invoke(tag);
    }
}
