using System.Diagnostics.Metrics;

namespace Streaming.Host.Gateway;

/// <summary>The meter <c>streaming.gateway</c>.</summary>
internal sealed class GatewayTelemetry
{
    private readonly Counter<long> _limited;
    private readonly Counter<long> _shed;
    private readonly Meter _meter;

    public GatewayTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create("streaming.gateway");
        _limited = _meter.CreateCounter<long>("streaming.gateway.limited", "{request}", "Requests refused by a rate limit.");
        _shed = _meter.CreateCounter<long>("streaming.gateway.shed", "{request}", "Requests refused because there was too much to do.");
    }

    public void Limited(string limit) => _limited.Add(1, new KeyValuePair<string, object?>("limit", limit));

    public void Shed(TrafficClass traffic) => _shed.Add(1, new KeyValuePair<string, object?>("class", Word(traffic)));

    public void ShedMedia() => _shed.Add(1, new KeyValuePair<string, object?>("class", "media"));

    /// <summary>Says of each that it has happened never yet: of a count that appears with its first event, no rate is known.</summary>
    public void Begin(IEnumerable<string> limits)
    {
        foreach (var limit in limits) _limited.Add(0, new KeyValuePair<string, object?>("limit", limit));
        foreach (var traffic in Enum.GetValues<TrafficClass>()) _shed.Add(0, new KeyValuePair<string, object?>("class", Word(traffic)));
        _shed.Add(0, new KeyValuePair<string, object?>("class", "media"));
    }

    /// <summary>What is asked for only when somebody looks.</summary>
    public void Watch(Func<int> inFlight, Func<double> limit, Func<int> media, Func<IEnumerable<(string Limit, int Buckets)>> buckets)
    {
        _meter.CreateObservableGauge("streaming.gateway.in_flight", inFlight, "{request}", "Requests being worked on.");
        _meter.CreateObservableGauge("streaming.gateway.limit", limit, "{request}", "How many may be worked on at once, as found out.");
        _meter.CreateObservableGauge("streaming.gateway.media", media, "{request}", "Media answers under way.");
        _meter.CreateObservableGauge(
            "streaming.gateway.buckets", () => buckets().Select(b => new Measurement<int>(b.Buckets, new KeyValuePair<string, object?>("limit", b.Limit))),
            "{bucket}", "Clients that a rate limit remembers.");
    }

    private static string Word(TrafficClass traffic) => traffic switch { TrafficClass.Playback => "playback", TrafficClass.Browse => "browse", _ => "background" };
}
