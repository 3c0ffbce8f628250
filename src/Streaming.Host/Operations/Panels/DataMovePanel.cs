using Streaming.Host.Operations.Live;
using Streaming.Platform.Data.Moving;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>Modules whose rows are moved to a database of their own, or have been.</summary>
internal sealed class DataMovePanel(DataMovePoll moves, TimeProvider clock) : IOperationsPanel
{
    private const long MuchRetained = 1L << 30;
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(10);

    public string Key => "data";

    public string Heading => "Data";

    public int Order => 74;

    public IReadOnlyList<PanelColumn> Columns { get; } =
        [new("Module", "text"), new("Phase", "text"), new("To", "text"), new("Fence", "ms"), new("Rows compared", "count"), new("Log kept", "bytes"), new("Since", "time"), new("What is said", "text")];

    public PanelView Read()
    {
        var known = moves.Last ?? [];
        return new PanelView(
            known.Count == 0 ? "All of it in the installation's database" : string.Join(", ", known.Select(m => $"{m.Module} {Words(m.Phase)}")),
            [.. known.Select(m => new PanelRow(m.Module, [m.Module, Words(m.Phase), m.Target, m.FenceMs, m.Verified, m.RetainedBytes, m.At.ToUnixTimeSeconds(), m.Message], IsMuch(m) ? AlertLevel.Attention : null))]);
    }

    public IEnumerable<Alert> Look()
    {
        foreach (var move in moves.Last ?? [])
        {
            if (IsMuch(move))
                yield return new Alert($"retained:{move.Module}", Key, AlertLevel.Attention, $"{move.RetainedBytes >> 20} MiB of the log are kept for the rows of {move.Module}", Advices.Retained);
            if (!IsAtRest(move.Phase) && clock.GetUtcNow() - move.At > _long)
                yield return new Alert($"stuck:{move.Module}", Key, AlertLevel.Attention, $"the move of {move.Module}'s rows has been {Words(move.Phase)} for long: {move.Message}", Advices.MoveStuck);
        }
    }

    private static bool IsMuch(DataMoveReport move) => move.RetainedBytes > MuchRetained;

    private static bool IsAtRest(MovePhase phase) => phase is MovePhase.Moved or MovePhase.Completed or MovePhase.Aborted;

    private static string Words(MovePhase phase) => phase switch
    {
        MovePhase.BackAnnounced or MovePhase.BackFencing => "on its way back",
        MovePhase.Returned or MovePhase.Aborting or MovePhase.Completing => "being cleared up",
        MovePhase.Aborted => "at home",
        MovePhase.Completed => "there alone",
        _ => phase.ToString().ToLowerInvariant(),
    };
}
