using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Streaming.Host.Composition;
using Streaming.Host.Rehearsing;
using Streaming.Host.Running;
using Streaming.Platform.Data;

namespace Streaming.Host.Commands;

/// <summary><c>streaming rehearse</c>: what would it be like if this module had a process of its own?</summary>
internal static class RehearseCommand
{
    private const int PlainWidth = 160;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var options = new HostOptions();
        var module = new Argument<string>("module") { Description = "Which module" };
        var inject = new Option<string>("--inject") { Description = "Do something to the instance at a quarter: kill, slow, errors, hang or skew", HelpName = "what", DefaultValueFactory = _ => "none" };
        inject.AcceptOnlyFromAmong([.. Enum.GetNames<Injection>().Select(n => n.ToLowerInvariant())]);
        var load = new Option<int>("--load") { Description = "Requests a second to make beside the traffic that there is", HelpName = "n" };
        var step = new Option<int>("--step-seconds") { Description = "How long a step takes at least", HelpName = "s", DefaultValueFactory = _ => 10 };
        var calls = new Option<int>("--least-calls") { Description = "How many calls the instance answers at a quarter or more before the next step; below that fewer", HelpName = "n", DefaultValueFactory = _ => 200 };
        foreach (var (option, least, most) in new[] { (load, 0, 5000), (step, 2, 3600), (calls, 1, 1_000_000) })
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is var value && (value < least || value > most)) result.AddError($"{option.Name} takes {least} to {most}.");
            });
        var command = new Command(
            "rehearse",
            "Move a module to a process of its own beside the running host, step by step under the traffic there is, and back; say what it was like.\n\n"
            + "Examples: streaming rehearse recommendations --data /var/lib/streaming\n"
            + "          streaming rehearse catalog --load 100 --inject kill --data /var/lib/streaming")
        { module, load, inject, step, calls };
        options.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var seconds = TimeSpan.FromSeconds(parsed.GetValue(step));
            var plan = new RehearsalPlan(
                parsed.GetRequiredValue(module), seconds, parsed.GetValue(calls), seconds * 6, parsed.GetValue(load), Enum.Parse<Injection>(parsed.GetRequiredValue(inject), ignoreCase: true));
            try
            {
                return await Run(plan, options.Settings(parsed), ct);
            }
            catch (Exception failure) when (failure is StartFailure or HttpRequestException or IOException)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    private static async Task<int> Run(RehearsalPlan plan, Dictionary<string, string?> settings, CancellationToken ct)
    {
        var folder = DataOptions.From(StreamingConfiguration.Build(settings)).Folder;
        var address = FolderLock.Running(folder) ?? throw new StartFailure($"No host runs on {folder}. A rehearsal needs one, and its traffic: streaming serve --data {folder}");
        await using var target = await HostTarget.Open(settings, null, ct);
        var arguments = settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" }).ToArray();
        var fault = plan.Injection is Injection.Slow or Injection.Errors or Injection.Skew ? new[] { "--set", $"instance:fault={plan.Injection.ToString().ToLowerInvariant()}" } : [];
        InstanceChild Launch(string name) => InstanceChild.Start(
            null, [.. arguments, "--set", $"data:folder={folder}", .. fault, "--instance", name, "--modules", plan.Module, "--host", address.ToString()]);

        RehearsalReport report;
        if (Console.IsOutputRedirected)
        {
            var told = "";
            report = await new Rehearsal(target.Http, plan, Launch, news =>
            {
                if (news.Step != told) Console.WriteLine($"{news.Step}…");
                told = news.Step;
            }).Run(ct);
            AnsiConsole.Profile.Width = PlainWidth;
            AnsiConsole.Write(View(plan, new RehearsalNews("over", TimeSpan.Zero, report.Steps, null, null)));
        }
        else
        {
            RehearsalReport? ended = null;
            await AnsiConsole.Live(View(plan, new RehearsalNews("starting", TimeSpan.Zero, [], null, null))).StartAsync(async live =>
            {
                ended = await new Rehearsal(target.Http, plan, Launch, news => live.UpdateTarget(View(plan, news))).Run(ct);
                live.UpdateTarget(View(plan, new RehearsalNews("over", TimeSpan.Zero, ended.Steps, null, null)));
            });
            report = ended!;
        }

        var path = await Keep(report, folder, ct);
        var colour = report.Verdict switch { "ready" or "withstood" => "green", "not-ready" => "red", _ => "yellow" };
        AnsiConsole.MarkupLine($"[{colour}]{RehearsalReport.Words(report.Verdict)}[/] {Markup.Escape(report.Reason)}");
        if (report.HomeAfterSeconds is { } home) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The module was back {home:0.0} s after that began."));
        if (report.Load is { } load) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Own requests: {load.Requests}, failed {load.Failed}, p50 {load.P50Ms:0.0} ms, p99 {load.P99Ms:0.0} ms."));
        Console.WriteLine($"Report: {path}");
        Console.WriteLine($"Drawn:  {new Uri(address, $"/operations/rehearsals/{Path.GetFileNameWithoutExtension(path)}")}");
        return report.Verdict is "ready" or "withstood" ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<string> Keep(RehearsalReport report, string folder, CancellationToken ct)
    {
        var reports = PrivateFolder.Create(Path.Combine(folder, "rehearsals"));
        var name = Path.Combine(reports.FullName, string.Create(CultureInfo.InvariantCulture, $"{report.At:yyyyMMdd-HHmmss}-{report.Module}"));
        await File.WriteAllTextAsync(name + ".json", JsonSerializer.Serialize(report, _json), ct);
        await File.WriteAllTextAsync(name + ".md", report.Markdown(), ct);
        return name + ".md";
    }

    private static Table View(RehearsalPlan plan, RehearsalNews news)
    {
        var table = new Table().Title($"rehearsal of {plan.Module}{(plan.Injection == Injection.None ? "" : $", {plan.Injection.ToString().ToLowerInvariant()} at {RehearsalPlan.InjectedAt} %")}").RoundedBorder();
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
