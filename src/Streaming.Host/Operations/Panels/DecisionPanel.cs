using System.Globalization;
using Streaming.Host.Operations.Live;
using Streaming.Platform.Dial;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>Who has moved which module, when, and why.</summary>
internal sealed class DecisionPanel(DecisionPoll decisions) : IOperationsPanel
{
    public string Key => "decisions";

    public string Heading => "Decisions";

    public int Order => 73;

    public IReadOnlyList<PanelColumn> Columns { get; } =
        [new("Module", "text"), new("When", "time"), new("Calls run", "text"), new("By", "text"), new("Why", "text"), new("Decision", "count")];

    public PanelView Read()
    {
        var made = decisions.Last ?? [];
        return new PanelView(
            made.Count == 0 ? "No module has been moved yet" : $"The last: {made[0].Module} {DialWords.ForPeople(made[0].Mode, made[0].Percent)}, by {made[0].By}",
            [
                .. made.Select(d => new PanelRow(
                    d.Epoch.ToString(CultureInfo.InvariantCulture), [d.Module, d.At.ToUnixTimeSeconds(), DialWords.ForPeople(d.Mode, d.Percent), d.By, d.Reason, d.Epoch], d.IsTurnBack ? AlertLevel.Attention : null)),
            ]);
    }

    public IEnumerable<Alert> Look() => [];
}
