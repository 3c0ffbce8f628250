using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using Spectre.Console;
using Streaming.Host.Operations;
using Streaming.Platform.Readiness;

namespace Streaming.Host.Commands;

/// <summary><c>streaming readiness</c>: could a module run in a process of its own, by what was seen of it?</summary>
internal static class ReadinessCommand
{
    private const string Resource = "/api/operations/readiness";
    private const int PlainWidth = 160;

    public static Command Create()
    {
        var target = new TargetOptions();
        var module = new Argument<string?>("module") { Description = "Which module, for its whole report; absent for all of them, a line each", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command(
            "readiness",
            "Say of each module whether it could run in a process of its own: from the calls that the running host has recorded, and from its code. Nothing is moved.\n\n"
            + "Examples: streaming readiness --data /var/lib/streaming\n"
            + "          streaming readiness catalog --data /var/lib/streaming > catalog.md")
        { module, json };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            if (parsed.GetValue(module) is not { } name) return await All(http, parsed.GetValue(json), ct);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Resource}/{Uri.EscapeDataString(name)}");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(parsed.GetValue(json) ? "application/json" : "text/markdown"));
            using var answer = await http.SendAsync(request, ct);
            await answer.Check(ct);
            Console.WriteLine(await answer.Content.ReadAsStringAsync(ct));
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static async Task<int> All(HttpClient http, bool json, CancellationToken ct)
    {
        using var answer = await http.GetAsync(Resource, ct);
        await answer.Check(ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (json)
        {
            Console.WriteLine(text);
            return ExitCodes.Done;
        }

        var items = JsonSerializer.Deserialize<ReadinessEndpoints.ReadinessList>(text, JsonSerializerOptions.Web)!.Items;
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = PlainWidth;
        var table = new Table().RoundedBorder().AddColumn("module").AddColumn("verdict");
        foreach (var heading in new[] { "in the way", "to know", "requests seen", "calls seen" }) table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var item in items)
        {
            var colour = item.Verdict switch { "ready" => "green", "blocked" => "red", "amber" => "yellow", _ => "grey" };
            table.AddRow(item.Module, $"[{colour}]{ReadinessMarkdown.Words(item.Verdict)}[/]", $"{item.Blockers}", $"{item.Ambers}", $"{item.Seen.Requests}", $"{item.Seen.Calls}");
        }

        AnsiConsole.Write(table);
        Console.WriteLine("The whole report of one: streaming readiness MODULE, or the page /operations/readiness");
        return ExitCodes.Done;
    }
}
