namespace Streaming.Host.Gateway.Shedding;

/// <summary>Counts what is being worked on, and lets each class of traffic in up to its share of the limit.</summary>
internal sealed class LoadShedder(GatewaySettings settings, GatewayTelemetry telemetry, TimeProvider clock)
{
    private readonly AdaptiveLimit _limit = new(clock);
    private int _inFlight;

    public int InFlight => Volatile.Read(ref _inFlight);

    public double Limit => _limit.Now(settings.Current.Shedding);

    /// <summary>Whether it may begin; if so, <see cref="Leave"/> has to follow.</summary>
    public bool TryEnter(TrafficClass traffic, out Entry entry)
    {
        var options = settings.Current.Shedding;
        var inFlight = Interlocked.Increment(ref _inFlight);
        entry = new Entry(clock.GetTimestamp(), inFlight);
        if (inFlight <= PlacesFor(traffic, options)) return true;

        _limit.Refused();
        telemetry.Shed(traffic);
        if (!options.Enabled) return true;
        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    /// <param name="counts">Whether its time says something: not that of a client who went away.</param>
    public void Leave(Entry entry, bool counts)
    {
        Interlocked.Decrement(ref _inFlight);
        if (!counts) return;
        var now = clock.GetTimestamp();
        _limit.Answered(clock.GetElapsedTime(entry.Began, now).TotalSeconds, entry.InFlight, now, settings.Current.Shedding);
    }

    /// <summary>Seconds after which one who was refused may try again: the sooner, the more it matters.</summary>
    public static int RetryAfter(TrafficClass traffic) => traffic switch { TrafficClass.Playback => 1, TrafficClass.Browse => 2, _ => 5 };

    private double PlacesFor(TrafficClass traffic, SheddingOptions options)
    {
        var limit = _limit.Now(options);
        var browse = Math.Max(1, limit * options.Browse);
        return traffic switch
        {
            TrafficClass.Playback => Math.Max(limit, browse + options.Reserve),
            TrafficClass.Browse => browse,
            _ => Math.Max(1, limit * options.Background),
        };
    }

    internal readonly record struct Entry(long Began, int InFlight);
}
