using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Streaming.Host.Commands;

/// <summary><c>streaming api-keys</c>: the keys of an account's programs, and taking one back.</summary>
internal static class ApiKeysCommand
{
    private const string Resource = "/api/users/api-keys";

    private sealed record ApiKey(Guid Id, string Name, string Role, string Beginning, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    private sealed record ApiKeyList(IReadOnlyList<ApiKey> Items);

    public static Command Create()
    {
        var target = new TargetOptions();
        var email = new Argument<string>("email") { Description = "Address of the account" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("api-keys", "List the keys of an account's programs.\n\nExample: streaming api-keys ada@example.org --data /var/lib/streaming") { email, json, Revoke() };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, http => List(http, parsed.GetRequiredValue(email), parsed.GetValue(json), ct), ct));
        return command;
    }

    private static Command Revoke()
    {
        var target = new TargetOptions();
        var id = new Argument<Guid>("id") { Description = "The key, as 'streaming api-keys' lists it" };
        var command = new Command("revoke", "Take a key back; no host takes it any more within a second.\n\nExample: streaming api-keys revoke 01a0… --data /var/lib/streaming") { id };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            using var answer = await http.DeleteAsync($"{Resource}/{parsed.GetRequiredValue(id)}", ct);
            await answer.Check(ct);
            Console.WriteLine($"{parsed.GetRequiredValue(id)} is taken back.");
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static async Task<int> List(HttpClient http, string email, bool json, CancellationToken ct)
    {
        using var answer = await http.GetAsync($"{Resource}?email={Uri.EscapeDataString(email)}", ct);
        var keys = (await answer.ReadOrTell<ApiKeyList>(ct)).Items;
        if (json) Console.WriteLine(JsonSerializer.Serialize(keys, JsonSerializerOptions.Web));
        else if (keys.Count == 0) Console.WriteLine($"{email} has no keys.");
        else foreach (var k in keys) Console.WriteLine($"{k.Id}  {k.Beginning}…  {k.Role,-9}  {Life(k)}  {k.Name}");
        return ExitCodes.Done;
    }

    private static string Life(ApiKey key) => string.Create(
        CultureInfo.InvariantCulture, $"made {key.CreatedAt:yyyy-MM-dd}, {(key.ExpiresAt is { } end ? string.Create(CultureInfo.InvariantCulture, $"until {end:yyyy-MM-dd}") : "for good")}");
}
