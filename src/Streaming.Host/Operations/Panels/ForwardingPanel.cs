using Streaming.Host.Gateway.Forwarding;
using Streaming.Platform.Dial.Instances;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>Modules that are served beside this host, by instance.</summary>
internal sealed class ForwardingPanel(ForwardingPools pools) : IOperationsPanel
{
    public string Key => "forwarding";

    public string Heading => "Forwarding";

    public int Order => 75;

    public IReadOnlyList<PanelColumn> Columns { get; } =
    [
        new("Instance", "text"), new("Module", "text"), new("Region", "text"), new("State", "state"), new("Expects", "percent"), new("Under way", "count"), new("Requests", "count"),
        new("Failed", "count"), new("p50", "ms"), new("p99", "ms"), new("Ejected", "count"), new("Why it is out", "text"),
    ];

    public PanelView Read()
    {
        var rows = pools.All.SelectMany(p => p.Instances.Instances, Row).ToArray();
        var isOut = rows.Count(r => r.Level is not null);
        return new PanelView(
            rows.Length == 0 ? "Every module is served here" : isOut == 0 ? rows.Length == 1 ? "1 instance, in" : $"{rows.Length} instances, all in" : $"{isOut} of {rows.Length} instances {(isOut == 1 ? "is" : "are")} out", rows);
    }

    public IEnumerable<Alert> Look()
    {
        foreach (var pool in pools.All)
        {
            var instances = pool.Instances.Instances;
            var away = instances.Where(IsAway).ToArray();
            if (away.Length == 0) continue;
            if (away.Length == instances.Count)
                yield return new Alert($"instances:{pool.Module}", Key, AlertLevel.Attention, $"All instances of {pool.Module} are out, and this host answers for them", Advices.Instance);
            else
                foreach (var instance in away)
                    yield return new Alert($"instance:{pool.Module}/{instance.At.Name}", Key, AlertLevel.Attention, $"Instance {instance.At.Name} of {pool.Module} is out: {instance.Reason}", Advices.Instance);
        }
    }

    private static PanelRow Row(ModulePool pool, Instance instance)
    {
        var calls = instance.Dependency.Report();
        return new PanelRow(
            $"{pool.Module}/{instance.At.Name}",
            [
                instance.At.Name, pool.Module, instance.At.Region, instance.State switch { InstanceState.In => "in", InstanceState.Out => "out", _ => "unproven" },
                100 * pool.Instances.ShareOf(instance), instance.InFlight, calls.Succeeded, calls.Failed + calls.TimedOut, calls.P50Ms, calls.P99Ms, instance.Ejections, instance.Reason,
            ],
            IsAway(instance) ? AlertLevel.Attention : null);
    }

    /// <summary>Put out, or never in: probed, and found unfit or not there.</summary>
    private static bool IsAway(Instance instance) => instance.State != InstanceState.In && instance.Reason != Instance.NotProbed;
}
