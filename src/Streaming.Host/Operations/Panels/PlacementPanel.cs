using Streaming.Host.Operations.Live;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Modules;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>Where modules run, how they fare there beside here, and the way home for all of them.</summary>
internal sealed class PlacementPanel(
    ModuleSet modules, DialBoard dial, Neighbours neighbours, DialGuard guard, ShadowCalls shadow, DecisionPoll decisions, TimeProvider clock) : IOperationsPanel
{
    private const string Resource = "/api/operations/dial";

    // As long as a module rests at home after its first time.
    private static readonly TimeSpan _lately = TimeSpan.FromMinutes(10);

    public string Key => "placements";

    public string Heading => "Placements";

    public int Order => 72;

    public IReadOnlyList<PanelColumn> Columns { get; } =
    [
        new("Module", "text"), new("Calls run", "text"), new("Instances", "text"), new("Calls there", "count"), new("Not well there", "count"), new("p50 here", "ms"), new("p50 there", "ms"),
        new("p99 here", "ms"), new("p99 there", "ms"), new("Evidence", "number"), new("Differ", "count"), new("Where", "text"),
    ];

    public PanelView Read()
    {
        var away = modules.Modules.Where(m => IsAway(dial.Of(m.Name))).ToArray();
        var rows = modules.Modules.Select(m => Row(m.Name)).ToList();
        if (away.Length > 0) rows.Insert(0, new PanelRow("*", ["All modules", .. Enumerable.Repeat<object?>(null, Columns.Count - 1)], null, [new PanelAction("All back in process", $"{Resource}/home")]));
        var there = neighbours.All.Count(n => n.IsInstance);
        return new PanelView(
            away.Length == 0 ? there == 0 ? "All in this process" : $"All in this process, {there} {(there == 1 ? "instance" : "instances")} ready"
                : string.Join(", ", away.Select(m => $"{m.Name} {Words(dial.Of(m.Name))}")),
            rows);
    }

    public IEnumerable<Alert> Look()
    {
        foreach (var process in neighbours.All.Where(n => n.Unfit.Count > 0))
            yield return new Alert(
                $"unfit:{process.Name}", Key, AlertLevel.Attention,
                $"{process.Name} does not understand {process.Unfit.Count} {(process.Unfit.Count == 1 ? "contract" : "contracts")} of this version: {string.Join(", ", process.Unfit.Keys.Take(3))}", Advices.Unfit);
        foreach (var back in decisions.Last?.Where(d => d.IsTurnBack && clock.GetUtcNow() - d.At < _lately).GroupBy(d => d.Module).Select(g => g.First()) ?? [])
            yield return new Alert($"back:{back.Module}", Key, AlertLevel.Attention, $"{back.Module} had to come home: {back.Reason}", Advices.TurnedBack);
        foreach (var (module, report) in modules.Modules.Select(m => (m.Name, shadow.Report(m.Name))))
            if (report is { Mismatched: > 0 } && dial.Of(module).Mode == DialMode.Shadow)
                yield return new Alert($"differs:{module}", Key, AlertLevel.Attention, $"{report.Mismatched} of {report.Compared} answers of {module} are different there", Advices.Differs);
    }

    private PanelRow Row(string module)
    {
        var now = dial.Of(module);
        var (calls, copies) = (now.Elsewhere > 0 ? guard.Report(module) : null, now.Mode == DialMode.Shadow ? shadow.Report(module) : null);
        var instances = string.Join(", ", neighbours.Serving(module).Select(n => n.Name));
        return new PanelRow(
            module,
            [
                module, Words(now), instances.Length > 0 ? instances : null, calls?.CallsThere ?? copies?.Compared, calls?.FailedThere ?? copies?.Failed,
                calls?.P50HereMs ?? copies?.P50HereMs, calls?.P50ThereMs ?? copies?.P50ThereMs, calls?.P99HereMs ?? copies?.P99HereMs, calls?.P99ThereMs ?? copies?.P99ThereMs,
                calls is null ? null : Math.Round(Math.Min(Math.Max(calls.FailedE, calls.SlowE), 1e6), 2), copies?.Mismatched,
                copies is { Mismatches: [.., var last] } ? $"{last.Contract} {last.Differences[0].Path}" : null,
            ],
            copies is { Mismatched: > 0 } ? AlertLevel.Attention : null,
            IsAway(now) ? [new PanelAction("Back in process", $"{Resource}/{module}/home")] : null);
    }

    private static bool IsAway(ModuleDial dial) => dial.Mode is not (DialMode.InProcess or DialMode.RoundTrip);

    private static string Words(ModuleDial dial) => DialWords.ForPeople(dial.Mode, dial.Percent);
}
