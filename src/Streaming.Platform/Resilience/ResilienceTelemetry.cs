using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Polly.CircuitBreaker;

namespace Streaming.Platform.Resilience;

/// <summary>The counts of all dependencies as the meter <c>streaming.resilience</c>: read when somebody asks, and free until then.</summary>
internal sealed class ResilienceTelemetry(IMeterFactory meters, Dependencies dependencies) : IHostedService
{
    private const string Name = "streaming.resilience";

    // From a row that lies in memory to a call that nearly everybody has given up by then, in seconds.
    private static readonly double[] _bounds = [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    public static Histogram<double>? Durations(IMeterFactory? meters) => meters?.Create(Name).CreateHistogram(
        "streaming.resilience.duration", "s", "Duration of calls to dependencies, with all attempts", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = _bounds });

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(Name);
        meter.CreateObservableCounter("streaming.resilience.calls", () => dependencies.All.SelectMany(Calls), "{call}", "Calls to dependencies by outcome");
        meter.CreateObservableCounter("streaming.resilience.retries", () => dependencies.All.Select(d => Of(d, d.Counts.Retried)), "{retry}", "Attempts after the first");
        meter.CreateObservableCounter("streaming.resilience.hedges", () => dependencies.All.SelectMany(Hedges), "{hedge}", "Second attempts beside a slow first one by who answered first");
        meter.CreateObservableCounter("streaming.resilience.fallbacks", () => dependencies.All.Select(d => Of(d, d.Counts.FellBack)), "{call}", "Calls answered by a fallback");
        meter.CreateObservableGauge("streaming.resilience.open", () => dependencies.All.Select(d => Of(d, d.State == CircuitState.Closed ? 0L : 1L)), null, "1 where the circuit is not closed");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static IEnumerable<Measurement<long>> Calls(Dependency d) =>
    [
        Of(d, d.Counts.Succeeded, "success"), Of(d, d.Counts.Failed, "failure"), Of(d, d.Counts.TimedOut, "timeout"), Of(d, d.Counts.WereRefused, "refused"),
    ];

    private static IEnumerable<Measurement<long>> Hedges(Dependency d) => [Of(d, d.Counts.HedgesWon, "won"), Of(d, d.Counts.Hedged - d.Counts.HedgesWon, "lost")];

    private static Measurement<long> Of(Dependency d, long value, string? outcome = null) => outcome is null
        ? new(value, new("policy", d.Policy), new("destination", d.Destination))
        : new(value, new("policy", d.Policy), new("destination", d.Destination), new("outcome", outcome));
}
