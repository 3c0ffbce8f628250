using System.Diagnostics.Metrics;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>The part of the meter <c>streaming.gateway</c> that tells of forwarding; its labels are names from the configuration.</summary>
internal sealed partial class ForwardingTelemetry
{
    private readonly Counter<long> _forwarded;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _hedges;
    private readonly ILogger<ForwardingTelemetry> _log;

    public ForwardingTelemetry(IMeterFactory meters, InstanceSet instances, ILogger<ForwardingTelemetry> log)
    {
        _log = log;
        var meter = meters.Create("streaming.gateway");
        _forwarded = meter.CreateCounter<long>("streaming.gateway.forwarded", "{request}", "Requests that were to be served elsewhere, by what became of them.");
        _retries = meter.CreateCounter<long>("streaming.gateway.forward_retries", "{attempt}", "Attempts after one that failed.");
        _hedges = meter.CreateCounter<long>("streaming.gateway.forward_hedges", "{attempt}", "Attempts beside one that was slow.");
        meter.CreateObservableGauge(
            "streaming.gateway.instance_in", () => instances.All.Select(i => new Measurement<int>(i.State == InstanceState.In ? 1 : 0, new KeyValuePair<string, object?>("instance", i.At.Name))),
            null, "1 where the instance is in use.");
    }

    public void Forwarded(Hop hop, HopOutcome outcome)
    {
        var module = new KeyValuePair<string, object?>("module", hop.Pool.Module);
        hop.Pool.Memory.Add(outcome, hop.Retries, hop.Hedges);
        _forwarded.Add(1, module, new KeyValuePair<string, object?>("outcome", Word(outcome)));
        if (hop.Retries > 0) _retries.Add(hop.Retries, module);
        if (hop.Hedges > 0) _hedges.Add(hop.Hedges, module);
        if (outcome == HopOutcome.Lost) AnswerLost(_log, hop.Pool.Module);
    }

    private static string Word(HopOutcome outcome) => outcome switch
    {
        HopOutcome.Answered => "answered",
        HopOutcome.Rescued => "rescued",
        HopOutcome.Lost => "lost",
        _ => "broken-off",
    };

    [LoggerMessage(1, LogLevel.Warning, "A change of {Module} was sent to an instance and its answer was lost; it was not sent again")]
    private static partial void AnswerLost(ILogger logger, string module);
}
