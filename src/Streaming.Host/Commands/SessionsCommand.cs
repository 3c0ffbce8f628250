using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Streaming.Host.Commands;

/// <summary><c>streaming sessions</c>: where an account is signed in, and signing it out.</summary>
internal static class SessionsCommand
{
    private const string Resource = "/api/users/sessions";

    private sealed record Session(Guid Id, string Device, string Address, DateTimeOffset StartedAt, DateTimeOffset SeenAt);

    private sealed record SessionList(IReadOnlyList<Session> Items);

    public static Command Create()
    {
        var target = new TargetOptions();
        var email = new Argument<string>("email") { Description = "Address of the account" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("sessions", "List the devices on which an account is signed in.\n\nExample: streaming sessions ada@example.org --data /var/lib/streaming") { email, json, End() };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, http => List(http, parsed.GetRequiredValue(email), parsed.GetValue(json), ct), ct));
        return command;
    }

    private static Command End()
    {
        var target = new TargetOptions();
        var what = new Argument<string>("what") { Description = "The id of a session, or the address of an account for all of its" };
        var command = new Command("end", "Sign a device out, or an account everywhere; no host takes it any more within a second.\n\nExample: streaming sessions end ada@example.org --data /var/lib/streaming") { what };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, async http =>
        {
            var named = parsed.GetRequiredValue(what);
            using var answer = await http.DeleteAsync(Guid.TryParse(named, out var id) ? $"{Resource}/{id}" : $"{Resource}?email={Uri.EscapeDataString(named)}", ct);
            await answer.Check(ct);
            Console.WriteLine($"{named} is signed out.");
            return ExitCodes.Done;
        }, ct));
        return command;
    }

    private static async Task<int> List(HttpClient http, string email, bool json, CancellationToken ct)
    {
        using var answer = await http.GetAsync($"{Resource}?email={Uri.EscapeDataString(email)}", ct);
        var sessions = (await answer.ReadOrTell<SessionList>(ct)).Items;
        if (json) Console.WriteLine(JsonSerializer.Serialize(sessions, JsonSerializerOptions.Web));
        else if (sessions.Count == 0) Console.WriteLine($"{email} is signed in nowhere.");
        else foreach (var s in sessions) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{s.Id}  seen {s.SeenAt:yyyy-MM-dd HH:mm}Z  from {s.Address,-15}  {s.Device}"));
        return ExitCodes.Done;
    }
}
