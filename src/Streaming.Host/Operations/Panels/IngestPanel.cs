using Streaming.Host.Operations.Live;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>Files on their way to the screen, as far as they are not there yet.</summary>
internal sealed class IngestPanel(IngestPoll ingests) : IOperationsPanel
{
    public string Key => "ingest";

    public string Heading => "Ingest";

    public int Order => 65;

    public IReadOnlyList<PanelColumn> Columns { get; } = [new("Title", "text"), new("File", "text"), new("State", "state"), new("Done", "percent"), new("Size", "bytes"), new("What is wrong", "text")];

    public static bool IsUnderWay(string state) => state is not ("ready" or "paused" or "failed" or "rejected" or "cancelled" or "deleting");

    public PanelView Read()
    {
        if (ingests.Last is not { } page) return new PanelView("Not known at the moment", []);
        var failed = page.Items.Count(i => HasFailed(i.State));
        var underWay = page.Items.Count(i => IsUnderWay(i.State));
        var paused = page.Items.Count(i => i.State == "paused");
        return new PanelView(
            $"{underWay} in progress{(paused > 0 ? $", {paused} paused" : "")}, {(failed == 0 ? "none" : failed)} failed or refused{(page.Next is null ? "" : $" of the newest {page.Items.Count}")}",
            [.. page.Items.Where(i => i.State != "ready").Select(i => new PanelRow(
                i.Id.ToString(), [i.TitleName, i.FileName, i.StateText, 100 * i.Progress, i.SizeBytes, i.Failure?.Message],
                HasFailed(i.State) || i.State == "paused" ? AlertLevel.Attention : null))]);
    }

    /// <summary>A file that was refused is its sender's matter; one that failed or waits for room is the operator's.</summary>
    public IEnumerable<Alert> Look()
    {
        foreach (var (state, words) in new[] { ("failed", "failed to encode"), ("paused", "waiting for an operator") })
            if (ingests.Last?.Items.Count(i => i.State == state) is > 0 and var count)
                yield return new Alert($"ingest:{state}", Key, AlertLevel.Attention, count == 1 ? $"One file {(state == "failed" ? words : "is " + words)}" : $"{count} files {(state == "failed" ? words : "are " + words)}", Advices.Ingest);
    }

    private static bool HasFailed(string state) => state is "failed" or "rejected";
}
