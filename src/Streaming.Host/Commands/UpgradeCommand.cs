using System.CommandLine;
using Streaming.Host.Handovers;
using Streaming.Host.Rehearsing;
using Streaming.Host.Running;

namespace Streaming.Host.Commands;

/// <summary><c>streaming upgrade</c>: another build takes the running host's place, after it has served everybody beside it.</summary>
internal static class UpgradeCommand
{
    private const int Load = 50;

    public static Command Create()
    {
        var options = new HostOptions();
        var pace = new RehearsalOptions(Load);
        var binary = new Argument<string>("path") { Description = "The other build of this program" };
        var migrate = new Option<bool>("--migrate") { Description = "Bring the database up to the other build first; this one has to be able to go on with it" };
        var atOnce = new Option<bool>("--at-once") { Description = "Hand over without trying it out on callers first" };
        var command = new Command(
            "upgrade",
            "Put another build in the running host's place: it serves 1, 5, 25, 50 and 100 % of the callers beside it, is judged, and takes over or is sent away.\n\n"
            + "Example: streaming upgrade ./streaming-1.5 --data /var/lib/streaming")
        { binary, migrate, atOnce };
        pace.AddTo(command);
        options.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                var settings = options.Settings(parsed);
                await using var run = await RehearsalRun.Open(settings, ct);
                var other = await OtherBinary.Look(parsed.GetRequiredValue(binary), ct);
                if (parsed.GetValue(migrate)) await Migrate(other, settings, run.Folder, ct);
                var handover = new HandoverRequest(run.Http, run.Folder, other);
                var verdict = parsed.GetValue(atOnce) ? await AtOnce(handover, ct) : await Tried(run, pace.Read(parsed), handover, other, ct);
                Console.WriteLine(handover.IsDone
                    ? $"Upgraded to {other.Version}. What starts the host after a reboot has to name {other.Path} too."
                    : "Nothing has changed: the host serves as before.");
                return handover.IsDone && verdict == "ready" ? ExitCodes.Done : ExitCodes.Failed;
            }
            catch (Exception failure) when (failure is StartFailure or HttpRequestException or IOException)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    private static async Task<string> AtOnce(HandoverRequest handover, CancellationToken ct)
    {
        var (verdict, reason) = await handover.Run(ct);
        Console.WriteLine(reason);
        return verdict == Verdict.Ready ? "ready" : "not-ready";
    }

    private static async Task<string> Tried(
        RehearsalRun run, (TimeSpan Step, int LeastCalls, TimeSpan Patience, int Load) pace, HandoverRequest handover, OtherBinary other, CancellationToken ct)
    {
        var modules = (await Rehearsal.All(run.Http, ct)).Select(m => m.Module);
        return (await run.Run(new RehearsalPlan([.. modules], other, pace.Step, pace.LeastCalls, pace.Patience, pace.Load, Injection.None), handover.Run, ct)).Verdict;
    }

    private static async Task Migrate(OtherBinary other, Dictionary<string, string?> settings, string folder, CancellationToken ct)
    {
        var (exit, said) = await OtherBinary.Ask(other.Path, ["migrate", .. settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" }), "--set", $"data:folder={folder}"], ct);
        if (exit != 0) throw new StartFailure($"The database could not be brought up to {other.Version}: {said.Trim()}");
        Console.WriteLine(said.Trim());
    }
}
