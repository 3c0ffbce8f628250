namespace Streaming.Playback.Sessions;

/// <summary>How well a session went for its viewer.</summary>
internal sealed class PlaybackQuality
{
    private const int LongestMessage = 500;

    public double? StartupSeconds { get; private set; }

    public double StalledSeconds { get; private set; }

    public int Stalls { get; private set; }

    public int Switches { get; private set; }

    public int Height { get; private set; }

    /// <summary>Seconds watched of which the rung is known.</summary>
    public double RatedSeconds { get; private set; }

    public double BitSeconds { get; private set; }

    public long DroppedFrames { get; private set; }

    public int Errors { get; private set; }

    public string? LastError { get; private set; }

    /// <summary>Time-weighted, in bits per second.</summary>
    public long? AverageBandwidth => RatedSeconds > 0 ? (long)(BitSeconds / RatedSeconds) : null;

    public void Count(PlayerEvent happened, Tally adds, bool latest)
    {
        StartupSeconds ??= happened.StartupSeconds is { } startup ? Math.Max(0, startup) : null;
        if (happened.Kind == PlayerEvents.Stalled) Stalls++;
        if (happened.Kind == PlayerEvents.LevelSwitched) Switches++;
        if (latest && happened.Height is { } height) Height = height;
        DroppedFrames = Math.Max(DroppedFrames, happened.DroppedFrames ?? 0);
        StalledSeconds = Math.Max(0, StalledSeconds + adds.Stalled);
        if (happened.Kind == PlayerEvents.Summary) StalledSeconds = Math.Max(StalledSeconds, happened.StalledSeconds ?? 0);
        (RatedSeconds, BitSeconds) = (Math.Max(0, RatedSeconds + adds.Rated), Math.Max(0, BitSeconds + adds.BitSeconds));
        if (happened.Kind != PlayerEvents.Error) return;
        Errors++;
        if (happened.Message is { Length: > 0 } message) LastError = message.Length > LongestMessage ? message[..LongestMessage] : message;
    }
}
