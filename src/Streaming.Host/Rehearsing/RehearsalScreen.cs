using System.Globalization;
using Spectre.Console;

namespace Streaming.Host.Rehearsing;

/// <summary>A rehearsal on the terminal: a line a step, the one that is under way marked; plain where the output goes into a file.</summary>
internal static class RehearsalScreen
{
    private const int PlainWidth = 160;

    public static async Task<RehearsalReport> Show(RehearsalPlan plan, Func<Action<RehearsalNews>, Task<RehearsalReport>> run)
    {
        if (Console.IsOutputRedirected)
        {
            var told = "";
            var report = await run(news =>
            {
                if (news.Step != told) Console.WriteLine($"{news.Step}…");
                told = news.Step;
            });
            AnsiConsole.Profile.Width = PlainWidth;
            AnsiConsole.Write(View(plan, new RehearsalNews("over", TimeSpan.Zero, report.Steps, null, null)));
            return report;
        }

        RehearsalReport? ended = null;
        await AnsiConsole.Live(View(plan, new RehearsalNews("starting", TimeSpan.Zero, [], null, null))).StartAsync(async live =>
        {
            ended = await run(news => live.UpdateTarget(View(plan, news)));
            live.UpdateTarget(View(plan, new RehearsalNews("over", TimeSpan.Zero, ended.Steps, null, null)));
        });
        return ended!;
    }

    private static Table View(RehearsalPlan plan, RehearsalNews news)
    {
        var table = new Table().Title($"rehearsal of {plan.Title}{(plan.Injection == Injection.None ? "" : $", {plan.Injection.ToString().ToLowerInvariant()} at {RehearsalPlan.InjectedAt} %")}").RoundedBorder();
        table.AddColumn("step");
        foreach (var heading in new[] { "s", "there", "failed", "slow", "p50 here", "p50 there", "p99 here", "p99 there", "evidence" }) table.AddColumn(new TableColumn(heading).RightAligned());
        table.AddColumn("");
        foreach (var step in news.Done) Row(table, step, "");
        if (news.Step != "over") Row(table, new RehearsalStep(news.Step, news.Elapsed.TotalSeconds, news.Guard, news.Shadow, null), "[yellow]▶[/] ");
        return table;
    }

    private static void Row(Table table, RehearsalStep step, string mark)
    {
        var numbers = step switch
        {
            { Shadow: { } s } => new[]
            {
                $"{s.Compared}", $"{s.Failed}", "", Ms(s.P50HereMs), Ms(s.P50ThereMs), Ms(s.P99HereMs), Ms(s.P99ThereMs), s.Mismatched > 0 ? $"[red]{s.Mismatched} differ[/]" : "0 differ",
            },
            { Guard: { } g } =>
            [
                $"{g.CallsThere}", g.FailedThere > 0 ? $"[red]{g.FailedThere}[/]" : "0", $"{g.SlowThere}", Ms(g.P50HereMs), Ms(g.P50ThereMs), Ms(g.P99HereMs), Ms(g.P99ThereMs),
                Math.Max(g.FailedE, g.SlowE).ToString("0.##", CultureInfo.InvariantCulture),
            ],
            _ => ["", "", "", "", "", "", "", ""],
        };
        table.AddRow([$"{mark}{Markup.Escape(step.Name)}", step.Seconds.ToString("0", CultureInfo.InvariantCulture), .. numbers, Markup.Escape(step.Outcome ?? "")]);
    }

    private static string Ms(double? value) => value is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : "";
}
