using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Streaming.Host.Operations;

namespace Streaming.Host.Commands;

/// <summary><c>streaming events</c>: the events that could not be delivered, and sending them again.</summary>
internal static class EventsCommand
{
    private const string Resource = "/api/operations/parked-events";

    public static Command Create()
    {
        var target = new TargetOptions();
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command(
            "events", "List the events that a module did not take in all attempts and that are kept until they are sent again.\n\nExample: streaming events --data /var/lib/streaming") { json };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, http => List(http, parsed.GetValue(json), ct), ct));
        command.Subcommands.Add(Retry());
        return command;
    }

    private static Command Retry()
    {
        var target = new TargetOptions();
        var id = new Argument<Guid?>("id") { Description = "Only this one", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("retry", "Send parked events again, once their cause is mended.\n\nExample: streaming events retry --data /var/lib/streaming") { id };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, http => Retry(http, parsed.GetValue(id), ct), ct));
        return command;
    }

    private static async Task<int> List(HttpClient http, bool json, CancellationToken ct)
    {
        using var answer = await http.GetAsync(Resource, ct);
        var events = (await answer.ReadOrTell<ParkedEventEndpoints.ParkedEventList>(ct)).Items;
        if (json) Console.WriteLine(JsonSerializer.Serialize(events, JsonSerializerOptions.Web));
        else if (events.Count == 0) Console.WriteLine("None: every event has been delivered, or is still being tried.");
        else foreach (var parked in events)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parked.Id}  {parked.At:yyyy-MM-dd HH:mm:ss}Z  {parked.Module}  {parked.Type}  {parked.Attempts} attempts: {parked.Error}"));
        return ExitCodes.Done;
    }

    private static async Task<int> Retry(HttpClient http, Guid? id, CancellationToken ct)
    {
        using var answer = await http.PostAsync(id is { } one ? $"{Resource}/{one}/retry" : $"{Resource}/retry", null, ct);
        var events = (await answer.ReadOrTell<ParkedEventEndpoints.Retried>(ct)).Events;
        if (events == 0) Console.WriteLine(id is null ? "There are none." : $"{id} is not parked.");
        else Console.WriteLine($"Sent again: {events}. 'streaming events' lists what fails once more.");
        return events == 0 && id is not null ? ExitCodes.Failed : ExitCodes.Done;
    }
}
