using System.Text.Json;
using Spectre.Console;

namespace Streaming.Host.Ingesting;

/// <summary>Shows a run: bars on a terminal, plain lines where there is none, JSON for machines.</summary>
internal static class IngestReport
{
    public static async Task<IReadOnlyList<IngestStanding>> AsJson(IngestRun run, IReadOnlyList<FileInfo> files, CancellationToken ct)
    {
        var outcomes = new List<IngestStanding>();
        foreach (var file in files)
        {
            var outcome = await run.Take(file, _ => { }, ct);
            Console.WriteLine(JsonSerializer.Serialize(outcome, JsonSerializerOptions.Web));
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    public static async Task<IReadOnlyList<IngestStanding>> AsBars(IngestRun run, IReadOnlyList<FileInfo> files, CancellationToken ct)
    {
        var outcomes = new List<IngestStanding>();
        if (Console.IsOutputRedirected)
        {
            foreach (var file in files)
            {
                var outcome = await run.Take(file, _ => { }, ct);
                Console.WriteLine($"{outcome.File}: {outcome.State}");
                outcomes.Add(outcome);
            }

            return outcomes;
        }

        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async bars =>
            {
                var tasks = files.Select(file => (File: file, Bar: bars.AddTask(Line(file.Name, "waiting"), autoStart: false, maxValue: 1))).ToList();
                foreach (var (file, bar) in tasks)
                {
                    bar.StartTask();
                    var outcome = await run.Take(file, standing => Show(bar, standing), ct);
                    Show(bar, outcome);
                    bar.StopTask();
                    outcomes.Add(outcome);
                }
            });
        return outcomes;
    }

    private static void Show(ProgressTask bar, IngestStanding standing)
    {
        bar.Description = Line(standing.File, standing.State);
        bar.Value = standing.Ready ? 1 : Math.Max(bar.Value, standing.Progress);
    }

    private static string Line(string file, string state) => $"{Markup.Escape(file)} [grey]{Markup.Escape(state)}[/]";
}
