using Streaming.Host.Operations.Live;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Observing;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Operations.Panels;

/// <summary>The modules, where their calls run, and how those fare.</summary>
internal sealed class ModulePanel(ModuleSet modules, DialBoard dial, Dependencies dependencies, BacklogPoll backlog) : IOperationsPanel
{
    public string Key => "modules";

    public string Heading => "Modules";

    public int Order => 70;

    public IReadOnlyList<PanelColumn> Columns { get; } =
        [new("Module", "text"), new("Calls run", "text"), new("Contracts called", "count"), new("Calls", "count"), new("Failed", "count"), new("Events waiting", "count"), new("Parked", "count")];

    public PanelView Read()
    {
        var all = dependencies.All;
        var events = backlog.Last?.ToDictionary(b => b.Module, StringComparer.Ordinal) ?? [];
        var here = modules.Modules.Count(m => dial.Of(m.Name).Mode == DialMode.InProcess);
        return new PanelView(
            here == modules.Modules.Count ? $"{here}, all in this process" : $"{here} of {modules.Modules.Count} in this process as usual",
            [.. modules.Modules.Select(m =>
            {
                var contracts = all.Where(d => d.Destination.StartsWith(m.Name + ".", StringComparison.Ordinal)).ToArray();
                var failed = contracts.Sum(d => d.Counts.Failed + d.Counts.TimedOut);
                var waiting = events.GetValueOrDefault(m.Name);
                return new PanelRow(
                    m.Name,
                    [m.Name, DialWords.ForPeople(dial.Of(m.Name).Mode, dial.Of(m.Name).Percent), contracts.Length, failed + contracts.Sum(d => d.Counts.Succeeded), failed, waiting?.Waiting + waiting?.Retried, waiting?.Parked]);
            })]);
    }

    public IEnumerable<Alert> Look() => [];
}
