using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Streaming.Host.Running;

namespace Streaming.Host.Commands;

/// <summary><c>streaming move-data</c>: a module's rows in a PostgreSQL database of their own, and back.</summary>
internal static class MoveDataCommand
{
    private const string Resource = "/api/operations/data";
    private const string Variable = "STREAMING_MOVE_TO";
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var target = new TargetOptions();
        var module = new Argument<string?>("module") { Description = "Which module; absent to show all moves", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<string?>("--to") { Description = $"Connection string of an empty PostgreSQL database; or leave it in {Variable}, where no list of processes shows it", HelpName = "connection" };
        var back = new Option<bool>("--back") { Description = "Bring the rows back, with all that has changed" };
        var complete = new Option<bool>("--complete") { Description = "End the move for good: what could undo it and the old tables are dropped" };
        var abort = new Option<bool>("--abort") { Description = "Give up a move that has not come to its end" };
        var yes = new Option<bool>("--yes") { Description = "With --complete: the old tables may be dropped" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command(
            "move-data",
            "Move a module's rows to a PostgreSQL database of their own while everything runs: copied, compared, changed over within a second; and back.\n\n"
            + "Examples: streaming move-data catalog --to \"Host=10.0.0.8;Database=catalog;Username=streaming\" --data /var/lib/streaming\n"
            + "          streaming move-data catalog --back --data /var/lib/streaming\n"
            + "          streaming move-data --data /var/lib/streaming")
        { module, to, back, complete, abort, yes, json };
        target.AddTo(command);
        command.Validators.Add(result =>
        {
            var chosen = new[] { result.GetValue(back), result.GetValue(complete), result.GetValue(abort), result.GetValue(to) is not null }.Count(c => c);
            if (chosen > 1) result.AddError("Choose one of --to, --back, --complete and --abort.");
            if (chosen == 1 && result.GetValue(module) is null) result.AddError("Name the module.");
            if (result.GetValue(complete) && !result.GetValue(yes)) result.AddError("--complete drops the old tables, and nothing brings the rows back after that. Say --yes too.");
        });
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            if (parsed.GetValue(module) is not { } name) return await Show(http, parsed.GetValue(json), ct);
            var (way, ends) = parsed.GetValue(back) ? ("/back", "aborted") : parsed.GetValue(complete) ? ("/complete", "completed") : parsed.GetValue(abort) ? ("/abort", "aborted") : ("", "moved");
            var connection = parsed.GetValue(to) ?? Environment.GetEnvironmentVariable(Variable);
            if (way.Length == 0 && string.IsNullOrEmpty(connection)) throw new StartFailure($"Say where to with --to, or in {Variable}.");
            using var answer = await http.PostAsJsonAsync($"{Resource}/{Uri.EscapeDataString(name)}{way}", new { to = connection }, ct);
            await answer.ReadOrTell<JsonElement>(ct);
            return await Watch(http, name, ends, ct);
        }, ct));
        return command;
    }

    /// <summary>Tells each step as it comes. The hosts carry on when this is ended; asking again shows how far they are.</summary>
    private static async Task<int> Watch(HttpClient http, string module, string ends, CancellationToken ct)
    {
        for (var told = ""; ; await Task.Delay(_beat, ct))
        {
            var move = (await Read(http, ct)).First(m => m.GetProperty("module").GetString() == module);
            var (phase, message) = (move.GetProperty("phase").GetString()!, move.GetProperty("message").GetString()!);
            if ($"{phase} {message}" is var now && now != told) Console.WriteLine($"{phase}: {message}");
            told = now;
            if (phase == ends)
            {
                if (phase == "moved") Console.WriteLine($"Back again: streaming move-data {module} --back. For good: streaming move-data {module} --complete --yes");
                return ExitCodes.Done;
            }

            if (phase == "aborted") return ExitCodes.Failed;
        }
    }

    private static async Task<int> Show(HttpClient http, bool asJson, CancellationToken ct)
    {
        var moves = await Read(http, ct);
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(moves));
            return ExitCodes.Done;
        }

        if (moves.Count == 0)
        {
            Console.WriteLine("No module's rows have been moved.");
            return ExitCodes.Done;
        }

        var table = new Table().RoundedBorder().AddColumns("module", "phase", "to", "fence, ms", "rows compared", "log kept", "");
        foreach (var move in moves)
            table.AddRow(
                new[] { Text(move, "module"), Text(move, "phase"), Text(move, "target"), Number(move, "fenceMs"), Number(move, "verified"), Number(move, "retainedBytes"), Text(move, "message") }.Select(Markup.Escape).ToArray());
        AnsiConsole.Write(table);
        return ExitCodes.Done;
    }

    private static async Task<IReadOnlyList<JsonElement>> Read(HttpClient http, CancellationToken ct)
    {
        using var answer = await http.GetAsync(Resource, ct);
        return [.. (await answer.ReadOrTell<JsonElement>(ct)).GetProperty("items").EnumerateArray()];
    }

    private static string Text(JsonElement move, string member) => move.GetProperty(member).GetString() ?? "";

    private static string Number(JsonElement move, string member) =>
        move.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString("#,0.#", CultureInfo.InvariantCulture) : "";
}
