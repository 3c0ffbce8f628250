using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Streaming.Host.Commands;

/// <summary><c>streaming keys</c>: what media addresses are signed with, changing it, and taking a key back.</summary>
internal static class KeysCommand
{
    private const string Resource = "/api/playback/signing-keys";

    private sealed record Key(string Id, string State, DateTimeOffset CreatedAt);

    private sealed record KeyList(IReadOnlyList<Key> Items);

    public static Command Create()
    {
        var target = new TargetOptions();
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("keys", "List the keys that media addresses are signed with.\n\nExample: streaming keys --data /var/lib/streaming") { json };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, http => List(http, parsed.GetValue(json), ct), ct));
        command.Subcommands.Add(Rotate());
        command.Subcommands.Add(Revoke());
        return command;
    }

    private static Command Rotate()
    {
        var target = new TargetOptions();
        var command = new Command("rotate", "Sign with a new key from now on; films that are being watched go on.\n\nExample: streaming keys rotate --data /var/lib/streaming");
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            using var answer = await http.PostAsync(Resource, null, ct);
            var key = await answer.ReadOrTell<Key>(ct);
            Console.WriteLine($"{key.Id} signs from now on. 'streaming keys revoke' takes an older one back, with every address that it has signed.");
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static Command Revoke()
    {
        var target = new TargetOptions();
        var id = new Argument<string>("id") { Description = "The key, as 'streaming keys' lists it" };
        var command = new Command("revoke", "Take back every media address that a key has signed; films in players have to be opened again.\n\nExample: streaming keys revoke k3x9 --data /var/lib/streaming") { id };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            using var answer = await http.DeleteAsync($"{Resource}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", ct);
            await answer.Check(ct);
            Console.WriteLine($"{parsed.GetRequiredValue(id)} is taken back: no host takes an address any more that it has signed.");
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static async Task<int> List(HttpClient http, bool json, CancellationToken ct)
    {
        using var answer = await http.GetAsync(Resource, ct);
        var keys = (await answer.ReadOrTell<KeyList>(ct)).Items;
        if (json) Console.WriteLine(JsonSerializer.Serialize(keys, JsonSerializerOptions.Web));
        else if (keys.Count == 0) Console.WriteLine("None yet: the first film that is started makes one.");
        else foreach (var key in keys) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key.Id}  {key.State,-8}  {key.CreatedAt:yyyy-MM-dd HH:mm:ss}Z"));
        return ExitCodes.Done;
    }
}
