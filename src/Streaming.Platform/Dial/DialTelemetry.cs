using System.Diagnostics;
using System.Diagnostics.Metrics;
using Streaming.Kernel;

namespace Streaming.Platform.Dial;

/// <summary>Counts and times contract calls: meter and activity source <c>streaming.contracts</c>.</summary>
internal sealed class DialTelemetry : IDisposable
{
    public const string Source = "streaming.contracts";

    private readonly ActivitySource _activities = new(Source);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _slow;
    private readonly Counter<long> _notAnswered;

    public DialTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Source);
        _duration = meter.CreateHistogram<double>("streaming.contracts.duration", "s", "Duration of contract calls, seen by the caller");
        _notAnswered = meter.CreateCounter<long>("streaming.contracts.not_answered", "{call}", "Contract calls that another process was to answer and did not");
        _slow = meter.CreateCounter<long>("streaming.contracts.slow", "{call}", "Contract calls over their declared slow bound");
    }

    public Activity? Start(string contract, DialMode mode)
    {
        var activity = _activities.StartActivity(contract);
        activity?.SetTag("streaming.dial", DialWords.Of(mode));
        return activity;
    }

    public void Record<TRequest>(RequestDescriptor<TRequest> descriptor, DialMode mode, Error? error, TimeSpan took)
    {
        if (took.TotalMilliseconds > descriptor.Contract!.SlowMs)
            _slow.Add(1, new KeyValuePair<string, object?>("contract", descriptor.Name));
        if (!_duration.Enabled) return;
        _duration.Record(
            took.TotalSeconds,
            new KeyValuePair<string, object?>("contract", descriptor.Name),
            new KeyValuePair<string, object?>("mode", DialWords.Of(mode)),
            new KeyValuePair<string, object?>("outcome", Text(error)));
    }

    /// <param name="module">Whose call it was.</param>
    /// <param name="isRescued">Whether this process carries it out in place of the other.</param>
    public void NotAnswered(string module, bool isRescued) =>
        _notAnswered.Add(1, new KeyValuePair<string, object?>("module", module), new KeyValuePair<string, object?>("rescued", isRescued));

    public void Dispose() => _activities.Dispose();

    private static string Text(Error? error) => error?.Kind switch
    {
        null => "value",
        ErrorKind.Invalid => "invalid",
        ErrorKind.NotFound => "not-found",
        ErrorKind.Conflict => "conflict",
        ErrorKind.Forbidden => "forbidden",
        ErrorKind.Deadline => "deadline",
        _ => "unavailable",
    };
}
