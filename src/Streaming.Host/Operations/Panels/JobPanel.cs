using Streaming.Host.Operations.Live;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>Work that nobody waits for: jobs, and events that modules tell each other.</summary>
internal sealed class JobPanel(JobPoll jobs, BacklogPoll backlog) : IOperationsPanel
{
    public string Key => "jobs";

    public string Heading => "Jobs and events";

    public int Order => 60;

    public IReadOnlyList<PanelColumn> Columns { get; } = [new("Of", "text"), new("Waiting", "count"), new("Under way", "count"), new("Later, or again", "count"), new("Given up", "count")];

    public PanelView Read()
    {
        var (work, events) = (jobs.Last, backlog.Last);
        if (work is null || events is null) return new PanelView("Not known at the moment", []);
        var waiting = events.Sum(e => e.Waiting + e.Retried);
        return new PanelView(
            $"{(work.Running == 0 ? "No job runs" : work.Running == 1 ? "1 job runs" : $"{work.Running} jobs run")}, {work.Queued} queued; {waiting} events on their way",
            [
                new PanelRow("(jobs)", ["jobs", work.Queued, work.Running, work.Scheduled, work.Failed], work.Failed > 0 ? AlertLevel.Attention : null),
                .. events.Select(e => new PanelRow(e.Module, [$"events of {e.Module}", e.Waiting, null, e.Retried, e.Parked], e.Parked > 0 ? AlertLevel.Attention : null)),
            ]);
    }

    public IEnumerable<Alert> Look()
    {
        // Parked events are told of by their health check.
        if (jobs.Last is { Failed: > 0 and var failed })
            yield return new Alert("jobs", Key, AlertLevel.Attention, failed == 1 ? "A job has failed for good" : $"{failed} jobs have failed for good", Advices.Jobs);
    }
}
