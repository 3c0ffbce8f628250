using System.CommandLine;
using Streaming.Host.Ingesting;
using Streaming.Host.Running;

namespace Streaming.Host.Commands;

/// <summary><c>streaming ingest</c>: uploads files to a running host, or to one of its own for as long as it takes.</summary>
internal static class IngestCommand
{
    public static Command Create()
    {
        var host = new HostOptions();
        var paths = new Argument<string[]>("path") { Description = "Video files, or folders of them", Arity = ArgumentArity.OneOrMore };
        var server = new Option<string?>("--server") { Description = "Address of a running host; the key is read from STREAMING_TOKEN. Default: the host of the data folder", HelpName = "url" };
        var publish = new Option<bool>("--publish") { Description = "Publish each title as soon as it can be played" };
        var json = new Option<bool>("--json") { Description = "One JSON object a file instead of progress bars" };
        var command = new Command("ingest", "Take video files in and wait until they are ready.\n\nExample: streaming ingest --publish films/") { paths, server, publish, json };
        host.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var files = VideoFiles.Find(parsed.GetRequiredValue(paths), out var missing);
            foreach (var path in missing) await Console.Error.WriteLineAsync($"{path}: no such file or folder.");
            if (missing.Count > 0) return ExitCodes.WrongUsage;
            if (files.Count == 0)
            {
                await Console.Error.WriteLineAsync($"There are no video files there. Known endings: {VideoFiles.Endings}.");
                return ExitCodes.Failed;
            }

            try
            {
                await using var target = await HostTarget.Open(host.Settings(parsed), parsed.GetValue(server), ct);
                var run = new IngestRun(target.Http, parsed.GetValue(publish), TimeProvider.System);
                var outcomes = parsed.GetValue(json) ? await IngestReport.AsJson(run, files, ct) : await IngestReport.AsBars(run, files, ct);
                return outcomes.All(o => o.Ready) ? ExitCodes.Done : ExitCodes.Failed;
            }
            catch (StartFailure failure)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }
}
