using System.Globalization;
using Streaming.Host.Operations.Live;
using Streaming.Platform.Observing;
using static Streaming.Host.Gateway.Traffic;

namespace Streaming.Host.Operations.Panels;

/// <summary>What viewers were promised, and how fast the failures that the promise leaves room for are used up.</summary>
internal sealed class ObjectivePanel(RequestRecords requests, TimeProvider clock) : IOperationsPanel
{
    private static readonly TimeSpan _fiveMinutes = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _halfHour = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan _sixHours = TimeSpan.FromHours(6);

    private readonly Objective[] _objectives =
    [
        new("start", "Films start", new BurnRate(0.9999), requests.Starts),
        new("browse", "Pages and rows are answered", new BurnRate(0.999), requests.Of(Labels.Browse)),
    ];

    public string Key => "objectives";

    public string Heading => "Objectives";

    public int Order => 10;

    public IReadOnlyList<PanelColumn> Columns { get; } =
    [
        new("Objective", "text"), new("Promised", "percent"), new("Well in 6 h", "percent"), new("Requests in 6 h", "count"), new("Failed in 6 h", "count"),
        new("Burn, 5 min", "number"), new("Burn, 1 h", "number"), new("Burn, 6 h", "number"),
    ];

    public PanelView Read()
    {
        var kept = _objectives.Count(o => Page(o) is null);
        return new PanelView(
            kept == _objectives.Length ? "Kept" : $"{kept} of {_objectives.Length} kept",
            [.. _objectives.Select(o =>
            {
                var (all, bad, rate) = o.Burn.Within(_sixHours);
                return new PanelRow(
                    o.Key,
                    [o.Name, 100 * o.Burn.Objective, all == 0 ? null : 100d * (all - bad) / all, all, bad, o.Burn.Within(_fiveMinutes).Rate, o.Burn.Within(_hour).Rate, rate],
                    Page(o) is null ? null : AlertLevel.Failure);
            })]);
    }

    public IEnumerable<Alert> Look()
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var objective in _objectives)
        {
            var (all, bad) = (objective.Of.All, objective.Of.Bad);
            objective.Burn.Add(second, all - objective.All, bad - objective.Bad);
            (objective.All, objective.Bad) = (all, bad);
            if (Page(objective) is { } alert) yield return alert;
        }
    }

    private Alert? Page(Objective o) =>
        o.Burn.IsOver(_hour, _fiveMinutes, 14.4) ? Alert(o, _hour, "1 h")
        : o.Burn.IsOver(_sixHours, _halfHour, 6) ? Alert(o, _sixHours, "6 h")
        : null;

    private Alert Alert(Objective o, TimeSpan span, string words)
    {
        var (all, bad, rate) = o.Burn.Within(span);
        return new Alert(
            $"objective:{o.Key}", Key, AlertLevel.Failure,
            string.Create(CultureInfo.InvariantCulture, $"“{o.Name}” is not kept: {bad} of {all} failed within {words}, {rate:0.#} times what {100 * o.Burn.Objective:0.##} % leaves room for"),
            Advices.Objective);
    }

    private sealed class Objective(string key, string name, BurnRate burn, RouteRecord of)
    {
        public string Key { get; } = key;

        public string Name { get; } = name;

        public BurnRate Burn { get; } = burn;

        public RouteRecord Of { get; } = of;

        public long All { get; set; }

        public long Bad { get; set; }
    }
}
