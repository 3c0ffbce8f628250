using System.CommandLine;
using Streaming.Host.Rehearsing;
using Streaming.Host.Running;

namespace Streaming.Host.Commands;

/// <summary><c>streaming rehearse</c>: what would it be like if this module had a process of its own, or if another build served?</summary>
internal static class RehearseCommand
{
    public static Command Create()
    {
        var options = new HostOptions();
        var pace = new RehearsalOptions(load: 0);
        var module = new Argument<string?>("module") { Description = "Which module; with --binary all of them unless one is named", Arity = ArgumentArity.ZeroOrOne };
        var binary = new Option<string?>("--binary") { Description = "Another build of this program to move to", HelpName = "path" };
        var inject = new Option<string>("--inject") { Description = "Do something to the instance at a quarter: kill, slow, errors, hang or skew", HelpName = "what", DefaultValueFactory = _ => "none" };
        inject.AcceptOnlyFromAmong([.. Enum.GetNames<Injection>().Select(n => n.ToLowerInvariant())]);
        var command = new Command(
            "rehearse",
            "Move a module to a process of its own beside the running host, step by step under the traffic there is, and back; say what it was like.\n\n"
            + "Examples: streaming rehearse recommendations --data /var/lib/streaming\n"
            + "          streaming rehearse catalog --load 100 --inject kill --data /var/lib/streaming\n"
            + "          streaming rehearse --binary ./streaming-1.5 --data /var/lib/streaming")
        { module, binary, inject };
        pace.AddTo(command);
        options.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(module) is null && result.GetValue(binary) is null) result.AddError("Name a module, or another build with --binary.");
        });
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                await using var run = await RehearsalRun.Open(options.Settings(parsed), ct);
                var other = parsed.GetValue(binary) is { } path ? await OtherBinary.Look(path, ct) : null;
                var modules = parsed.GetValue(module) is { } one ? [one] : (IReadOnlyList<string>)[.. (await Rehearsal.All(run.Http, ct)).Select(m => m.Module)];
                var (step, calls, patience, load) = pace.Read(parsed);
                var plan = new RehearsalPlan(modules, other, step, calls, patience, load, Enum.Parse<Injection>(parsed.GetRequiredValue(inject), ignoreCase: true));
                var report = await run.Run(plan, null, ct);
                return report.Verdict is "ready" or "withstood" ? ExitCodes.Done : ExitCodes.Failed;
            }
            catch (Exception failure) when (failure is StartFailure or HttpRequestException or IOException)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }
}
