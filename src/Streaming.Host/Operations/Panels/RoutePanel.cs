using System.Collections.Concurrent;
using System.Globalization;
using Streaming.Host.Operations.Live;
using Streaming.Platform.Observing;
using static Streaming.Host.Gateway.Traffic;

namespace Streaming.Host.Operations.Panels;

/// <summary>What was asked for in the last five minutes, and how that went.</summary>
internal sealed class RoutePanel(RequestRecords requests, TimeProvider clock) : IOperationsPanel
{
    private const int LeastBad = 20;
    private const double TooMany = 0.05;

    private readonly ConcurrentDictionary<RouteRecord, Window> _windows = new();
    private readonly Window _minute = new(slots: 6, every: 10, counters: 2, hasDurations: false);

    public string Key => "routes";

    public string Heading => "Routes";

    public int Order => 80;

    public IReadOnlyList<PanelColumn> Columns { get; } =
    [
        new("Route", "text"), new("Method", "text"), new("Class", "text"), new("Requests", "rate"), new("Errors", "percent"), new("p50", "ms"), new("p99", "ms"),
        new("In 5 minutes", "count"), new("5xx", "count"), new("4xx", "count"), new("Refused", "count"),
    ];

    public PanelView Read()
    {
        var rows = requests.Routes.Select(Row).OfType<PanelRow>().ToArray();
        var busiest = rows.MaxBy(r => (double)r.Cells[3]!);
        return new PanelView(
            busiest is null ? "Nothing was asked for in the last five minutes"
                : string.Create(CultureInfo.InvariantCulture, $"{rows.Length} in use; most asked for: {busiest.Cells[1]} {busiest.Cells[0]}, {busiest.Cells[3]:0.#}/s"),
            rows);
    }

    public IEnumerable<Alert> Look()
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        Span<long> counts = stackalloc long[5];
        foreach (var route in requests.Routes)
        {
            Counts(route, counts);
            _windows.GetOrAdd(route, _ => new Window(slots: 10, every: 30, counters: 5, hasDurations: true)).Note(second, counts, route.Took);
        }

        long[] minute = [requests.Classes.Sum(c => c.All), requests.Classes.Sum(c => c.ServerErrors)];
        _minute.Note(second, minute);
        _minute.Gained(second, minute);
        return minute[1] >= LeastBad && minute[1] > TooMany * minute[0]
            ? [new Alert("errors", Key, AlertLevel.Failure, string.Create(CultureInfo.InvariantCulture, $"{100d * minute[1] / minute[0]:0} of 100 requests fail"), Advices.Errors)]
            : [];
    }

    private PanelRow? Row(RouteRecord route)
    {
        if (!_windows.TryGetValue(route, out var window)) return null;
        Span<long> gained = stackalloc long[5];
        Span<uint> took = stackalloc uint[LatencyHistogram.Buckets];
        Counts(route, gained);
        route.Took.AddTo(took);
        var seconds = window.Gained(clock.GetUtcNow().ToUnixTimeSeconds(), gained);
        window.Gained(took);
        if (gained[0] == 0) return null;
        // How long somebody watched a stream says nothing of how quick it is.
        double? At(double percent, ReadOnlySpan<uint> took) => route.Traffic == Labels.Stream ? null : LatencyHistogram.Percentile(took, percent)?.TotalMilliseconds;
        return new PanelRow(
            $"{route.Method} {route.Route}",
            [
                route.Route, route.Method, route.Traffic, gained[0] / seconds, 100d * (gained[1] + gained[3]) / gained[0],
                At(50, took), At(99, took),
                gained[0], gained[1], gained[2], gained[3] + gained[4],
            ],
            gained[1] > TooMany * gained[0] ? AlertLevel.Attention : null);
    }

    private static void Counts(RouteRecord route, Span<long> counts) =>
        (counts[0], counts[1], counts[2], counts[3], counts[4]) = (route.All, route.ServerErrors, route.ClientErrors, route.Shed, route.Limited);
}
