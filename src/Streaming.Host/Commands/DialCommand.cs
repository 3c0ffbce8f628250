using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Streaming.Host.Commands;

/// <summary><c>streaming dial</c>: where modules run, and turning that.</summary>
internal static class DialCommand
{
    private const string Resource = "/api/operations/dial";

    public static Command Create()
    {
        var target = new TargetOptions();
        var module = new Argument<string?>("module") { Description = "Which module; absent to show all", Arity = ArgumentArity.ZeroOrOne };
        var mode = new Argument<string?>("mode") { Description = "in-process, shadow, canary, remote, detached or round-trip", Arity = ArgumentArity.ZeroOrOne };
        var percent = new Argument<decimal?>("percent") { Description = "Share of callers in a canary, 0 to 100, to two decimals", Arity = ArgumentArity.ZeroOrOne };
        var reason = new Option<string?>("--reason") { Description = "Why, for whoever reads the history", HelpName = "text" };
        var force = new Option<bool>("--force") { Description = "Also while the module rests after it had to come back" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command(
            "dial",
            "Show where each module's calls run, or turn one module's dial: every process follows within a second.\n\n"
            + "Examples: streaming dial --data /var/lib/streaming\n"
            + "          streaming dial catalog canary 5 --data /var/lib/streaming\n"
            + "          streaming dial home --data /var/lib/streaming")
        { module, mode, percent, reason, force, json, Home(), History() };
        target.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(module) is not null && result.GetValue(mode) is null) result.AddError("Name the mode too, such as: streaming dial catalog canary 5");
            if (result.GetValue(mode) == "canary" && result.GetValue(percent) is null) result.AddError("A canary has a share, such as: streaming dial catalog canary 5");
        });
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            if (parsed.GetValue(module) is not { } name) return await Show(http, parsed.GetValue(json), ct);
            var body = new { mode = parsed.GetValue(mode), percent = parsed.GetValue(percent) ?? 0, reason = parsed.GetValue(reason), force = parsed.GetValue(force) };
            using var answer = await http.PutAsJsonAsync($"{Resource}/{Uri.EscapeDataString(name)}", body, JsonSerializerOptions.Web, ct);
            var now = await answer.ReadOrTell<JsonElement>(ct);
            if (parsed.GetValue(json)) Console.WriteLine(now.GetRawText());
            else Console.WriteLine($"{name} is {Words(now)} from decision {now.GetProperty("epoch").GetInt64()} on.");
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static Command Home()
    {
        var target = new TargetOptions();
        var command = new Command("home", "Bring all modules back into the hosts' processes.\n\nExample: streaming dial home --data /var/lib/streaming");
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            using var answer = await http.PostAsJsonAsync($"{Resource}/home", new { }, ct);
            var turned = (await answer.ReadOrTell<JsonElement>(ct)).GetProperty("turned");
            Console.WriteLine(turned.GetArrayLength() == 0 ? "All modules run in process already." : $"Back in process: {string.Join(", ", turned.EnumerateArray().Select(t => t.GetProperty("module").GetString()))}.");
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static Command History()
    {
        var target = new TargetOptions();
        var module = new Option<string?>("--module") { Description = "Of one module", HelpName = "module" };
        var command = new Command("history", "List the latest decisions, with who made them and why.\n\nExample: streaming dial history --data /var/lib/streaming") { module };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            var of = parsed.GetValue(module) is { } name ? $"?module={Uri.EscapeDataString(name)}" : "";
            using var answer = await http.GetAsync($"{Resource}/decisions{of}", ct);
            var items = (await answer.ReadOrTell<JsonElement>(ct)).GetProperty("items");
            if (items.GetArrayLength() == 0) Console.WriteLine("No dial has been turned yet.");
            foreach (var item in items.EnumerateArray())
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{item.GetProperty("epoch").GetInt64(),5}  {item.GetProperty("at").GetDateTimeOffset():yyyy-MM-dd HH:mm:ss}Z  {item.GetProperty("module").GetString(),-16} {Words(item),-14} {item.GetProperty("by").GetString()}: {item.GetProperty("reason").GetString()}"));
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static async Task<int> Show(HttpClient http, bool json, CancellationToken ct)
    {
        using var answer = await http.GetAsync(Resource, ct);
        var dial = await answer.ReadOrTell<JsonElement>(ct);
        if (json)
        {
            Console.WriteLine(dial.GetRawText());
            return ExitCodes.Done;
        }

        foreach (var module in dial.GetProperty("modules").EnumerateArray())
        {
            var instances = string.Join(", ", module.GetProperty("instances").EnumerateArray().Select(i => i.GetString()));
            Console.WriteLine($"{module.GetProperty("module").GetString(),-16} {Words(module),-14} {(instances.Length > 0 ? $"instances: {instances}" : "no instances")}");
        }

        foreach (var process in dial.GetProperty("processes").EnumerateArray().Where(p => p.GetProperty("unfit").EnumerateObject().Any()))
            foreach (var contract in process.GetProperty("unfit").EnumerateObject())
                Console.WriteLine($"{process.GetProperty("name").GetString()} is not asked {contract.Name}: {string.Join("; ", contract.Value.EnumerateArray().Select(r => r.GetString()))}");
        return ExitCodes.Done;
    }

    private static string Words(JsonElement dial) => dial.GetProperty("mode").GetString() is "canary"
        ? string.Create(CultureInfo.InvariantCulture, $"canary {dial.GetProperty("percent").GetDecimal():0.##} %")
        : dial.GetProperty("mode").GetString()!;
}
