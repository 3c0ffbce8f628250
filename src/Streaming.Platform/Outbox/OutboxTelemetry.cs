using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Streaming.Platform.Outbox;

/// <summary>What the relay measures: meter <c>streaming.outbox</c>.</summary>
internal sealed class OutboxTelemetry
{
    private readonly ConcurrentDictionary<string, int> _parked = new();

    public OutboxTelemetry(IMeterFactory meters) => meters.Create("streaming.outbox").CreateObservableGauge(
        "streaming.outbox.parked",
        () => _parked.Select(p => new Measurement<int>(p.Value, new KeyValuePair<string, object?>("module", p.Key))),
        "{event}",
        "Events that a handler did not take in all their attempts, kept until an operator sends them again");

    public void Parked(string module, int count) => _parked[module] = count;
}
