using System.Diagnostics.Metrics;

namespace Streaming.Playback.Telemetry;

/// <summary>What playback measures of itself: meter <c>streaming.playback</c>.</summary>
internal sealed class PlaybackMetrics
{
    private readonly Counter<long> _sessions;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _startup;
    private readonly Counter<double> _watched;
    private readonly Counter<double> _stalled;
    private readonly Counter<long> _errors;

    public PlaybackMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("streaming.playback");
        _sessions = meter.CreateCounter<long>("streaming.playback.sessions", "{session}", "Sessions opened");
        _bytes = meter.CreateCounter<long>("streaming.playback.bytes", "By", "Media sent");
        _startup = meter.CreateHistogram(
            "streaming.playback.startup", "s", "From the click to the first picture, as players report it",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30] });
        _watched = meter.CreateCounter<double>("streaming.playback.watched", "s", "Time watched");
        _stalled = meter.CreateCounter<double>("streaming.playback.stalled", "s", "Time spent waiting for media; over time watched it is the rebuffer ratio");
        _errors = meter.CreateCounter<long>("streaming.playback.errors", "{error}", "Errors that players report");
    }

    public void Opened() => _sessions.Add(1);

    /// <param name="kind">playlist, segment, text or picture.</param>
    /// <param name="bytes">Of bodies.</param>
    public void Served(string kind, long bytes)
    {
        if (bytes > 0) _bytes.Add(bytes, new KeyValuePair<string, object?>("kind", kind));
    }

    public void Started(double seconds) => _startup.Record(seconds);

    public void Reported(double watchedSeconds, double stalledSeconds, int errors)
    {
        // Counters only go up; a correction downwards by a late batch is too small to matter here.
        if (watchedSeconds > 0) _watched.Add(watchedSeconds);
        if (stalledSeconds > 0) _stalled.Add(stalledSeconds);
        if (errors > 0) _errors.Add(errors);
    }
}
