using System.Diagnostics.Metrics;

namespace Streaming.Host.Operations.Live;

/// <summary>What is asked for now and then, as metrics: meters <c>streaming.jobs</c> and <c>streaming.outbox</c>.</summary>
internal sealed class PolledTelemetry(IMeterFactory meters, JobPoll jobs, BacklogPoll backlog) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.Create("streaming.jobs").CreateObservableGauge("streaming.jobs.count", Jobs, "{job}", "Jobs by state");
        meters.Create("streaming.outbox").CreateObservableGauge(
            "streaming.outbox.waiting", () => (backlog.Last ?? []).Select(b => new Measurement<long>(b.Waiting + b.Retried, new KeyValuePair<string, object?>("module", b.Module))),
            "{event}", "Events that have not been told to everybody yet");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Jobs() => jobs.Last is not { } found ? [] :
        [Of("queued", found.Queued), Of("running", found.Running), Of("scheduled", found.Scheduled), Of("failed", found.Failed)];

    private static Measurement<long> Of(string state, long count) => new(count, new KeyValuePair<string, object?>("state", state));
}
