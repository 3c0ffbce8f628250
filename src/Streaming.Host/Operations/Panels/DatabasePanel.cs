using System.Collections.Concurrent;
using System.Globalization;
using Polly.CircuitBreaker;
using Streaming.Host.Operations.Live;
using Streaming.Platform.Data;
using Streaming.Platform.Observing;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Operations.Panels;

/// <summary>Each module's database, apart by reading and writing.</summary>
internal sealed class DatabasePanel(Dependencies dependencies, DataOptions data, PoolRecords pool, TimeProvider clock) : IOperationsPanel
{
    private readonly ConcurrentDictionary<Dependency, Window> _windows = new();

    public string Key => "database";

    public string Heading => "Database";

    public int Order => 50;

    public IReadOnlyList<PanelColumn> Columns { get; } =
        [new("Module", "text"), new("Does", "text"), new("Circuit", "state"), new("Calls", "rate"), new("Errors", "percent"), new("p50", "ms"), new("p95", "ms"), new("p99", "ms"), new("Under way", "count")];

    public PanelView Read()
    {
        var engine = data.Postgres is null ? "SQLite, a file a module" : "PostgreSQL, a schema a module";
        var connections = double.IsNaN(pool.Used) || data.Postgres is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {pool.Used:0} connections in use, {pool.Idle:0} idle{(pool.Waiting > 0 ? $", {pool.Waiting:0} callers wait for one" : "")}");
        return new PanelView(engine + connections, [.. All.Select(Row)]);
    }

    /// <summary>A circuit that is open is told of by the dependencies; here time is only noted.</summary>
    public IEnumerable<Alert> Look()
    {
        Span<long> counts = stackalloc long[2];
        foreach (var d in All)
        {
            d.Calls(counts);
            _windows.GetOrAdd(d, _ => new Window(slots: 6, every: 10, counters: 2, hasDurations: true)).Note(Second, counts, d.Durations);
        }

        return [];
    }

    private PanelRow Row(Dependency d)
    {
        Span<long> gained = stackalloc long[2];
        Span<uint> took = stackalloc uint[LatencyHistogram.Buckets];
        d.Calls(gained);
        d.Durations.AddTo(took);
        var seconds = 1d;
        if (_windows.TryGetValue(d, out var window))
        {
            seconds = window.Gained(Second, gained);
            window.Gained(took);
        }

        return new PanelRow(
            $"{d.Policy}/{d.Destination}",
            [
                d.Destination, d.Policy == ResiliencePolicies.DatabaseRead ? "reads" : "writes", Circuits.Word(d.State), gained[0] / seconds,
                gained[0] == 0 ? null : 100d * gained[1] / gained[0], Milliseconds(took, 50), Milliseconds(took, 95), Milliseconds(took, 99), d.Active,
            ],
            d.State == CircuitState.Closed ? null : AlertLevel.Failure);
    }

    private IEnumerable<Dependency> All => dependencies.All.Where(d => d.IsDatabase());

    private static double? Milliseconds(ReadOnlySpan<uint> took, double percent) => LatencyHistogram.Percentile(took, percent)?.TotalMilliseconds;

    private long Second => clock.GetUtcNow().ToUnixTimeSeconds();
}
