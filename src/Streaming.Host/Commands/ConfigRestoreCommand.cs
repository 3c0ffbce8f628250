using System.CommandLine;
using Streaming.Host.Composition;
using Streaming.Platform.Data;

namespace Streaming.Host.Commands;

/// <summary><c>streaming config restore</c>: puts an earlier <c>streaming.json</c> back.</summary>
internal static class ConfigRestoreCommand
{
    public static Command Create()
    {
        var host = new HostOptions();
        var version = new Argument<int>("version") { Description = "A number of streaming config history" };
        var command = new Command(
            "restore", "Put an earlier version of streaming.json back; a running host takes it over within a second.\n\nExample: streaming config restore 3 --data /var/lib/streaming") { version };
        host.AddTo(command);
        command.SetAction(parsed =>
        {
            var number = parsed.GetValue(version);
            // Without the file itself: it may be what keeps the host from starting.
            var versions = new ConfigurationVersions(DataOptions.From(StreamingConfiguration.Build(host.Settings(parsed), new Dictionary<string, string?>())));
            if (!versions.Restore(number))
            {
                Console.Error.WriteLine($"There is no version {number}. streaming config history lists those that there are.");
                return ExitCodes.Failed;
            }

            Console.WriteLine($"{versions.File} is version {number} again.");
            return ExitCodes.Done;
        });
        return command;
    }
}
