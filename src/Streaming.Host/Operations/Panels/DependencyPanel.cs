using System.Collections.Concurrent;
using Polly.CircuitBreaker;
using Streaming.Platform.Observing;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Operations.Panels;

/// <summary>Everything that is called, with its circuit and the operator's hand on it.</summary>
internal sealed class DependencyPanel(Dependencies dependencies, TimeProvider clock) : IOperationsPanel
{
    // The limiter's store and the zones of the cache are told of where they belong.
    private const string LimitStore = "gateway.limits";

    private readonly ConcurrentDictionary<Dependency, Window> _windows = new();

    public string Key => "dependencies";

    public string Heading => "Dependencies";

    public int Order => 20;

    public IReadOnlyList<PanelColumn> Columns { get; } =
    [
        new("Dependency", "text"), new("Policy", "text"), new("Circuit", "state"), new("Calls", "rate"), new("Errors", "percent"), new("p50", "ms"), new("p99", "ms"),
        new("Under way", "count"), new("Retried", "count"), new("Fallbacks", "count"), new("Refused", "count"),
    ];

    public PanelView Read()
    {
        var all = dependencies.All;
        var open = all.Count(d => d.State != CircuitState.Closed);
        var summary = all.Count == 0 ? "Nothing has been called yet"
            : open == 0 ? $"{all.Count} called, all circuits closed"
            : $"{open} of {all.Count} circuits {(open == 1 ? "is" : "are")} not closed";
        return new PanelView(summary, [.. all.Select(Row)]);
    }

    public IEnumerable<Alert> Look()
    {
        foreach (var d in dependencies.All)
        {
            Note(d);
            // Zones have a panel of their own; the limits' store is called by the same policy and has none.
            if (d.State == CircuitState.Closed || (d.Policy == ResiliencePolicies.CacheZone && d.Destination != LimitStore)) continue;
            var key = $"circuit:{d.Policy}/{d.Destination}";
            yield return d.State == CircuitState.Isolated ? new Alert(key, Key, AlertLevel.Attention, $"{Name(d)} is isolated by hand", Advices.Isolated)
                : d.Destination == LimitStore ? new Alert(key, "limits", AlertLevel.Attention, "The store of the shared rate limits does not answer", Advices.LimitStore)
                : d.IsDatabase() ? new Alert(key, "database", AlertLevel.Failure, $"{Name(d)} has failed too often and is left alone", Advices.DatabaseCircuit)
                : new Alert(key, Key, AlertLevel.Attention, $"{Name(d)} has failed too often and is left alone", Advices.Circuit);
        }
    }

    private PanelRow Row(Dependency d)
    {
        Span<long> gained = stackalloc long[2];
        d.Calls(gained);
        var seconds = _windows.TryGetValue(d, out var window) ? window.Gained(Second, gained) : 1;
        var report = d.Report();
        var (state, address) = (d.State, $"/ops/resilience/{Uri.EscapeDataString(d.Policy)}/{Uri.EscapeDataString(d.Destination)}");
        return new PanelRow(
            $"{d.Policy}/{d.Destination}",
            [
                d.Destination, d.Policy, Circuits.Word(state), gained[0] / seconds, gained[0] == 0 ? null : 100d * gained[1] / gained[0], report.P50Ms, report.P99Ms,
                report.Active, report.Retried, report.FellBack, report.Refused,
            ],
            state == CircuitState.Closed ? null : d.IsDatabase() && state != CircuitState.Isolated ? AlertLevel.Failure : AlertLevel.Attention,
            state == CircuitState.Closed ? [new PanelAction("Isolate", $"{address}/isolate", "Refuse every call?")] : [new PanelAction("Close", $"{address}/close", "Let calls through?")]);
    }

    private void Note(Dependency d)
    {
        Span<long> counts = stackalloc long[2];
        d.Calls(counts);
        _windows.GetOrAdd(d, _ => new Window(slots: 6, every: 10, counters: 2, hasDurations: false)).Note(Second, counts);
    }

    private static string Name(Dependency d) => d.IsDatabase() ? $"The database of {d.Destination} ({(d.Policy == ResiliencePolicies.DatabaseRead ? "reading" : "writing")})" : d.Destination;

    private long Second => clock.GetUtcNow().ToUnixTimeSeconds();
}
