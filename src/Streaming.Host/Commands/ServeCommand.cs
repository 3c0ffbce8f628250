using System.CommandLine;
using Streaming.Host.Composition;
using Streaming.Host.Running;
using Streaming.Platform.Data;

namespace Streaming.Host.Commands;

/// <summary><c>streaming serve</c>: the whole platform in this process.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var host = new HostOptions();
        var urls = new Option<string?>("--urls") { Description = "Addresses to listen on, separated by semicolons. Default: http://127.0.0.1:8080", HelpName = "urls" };
        var demo = new Option<bool>("--demo") { Description = "Fill an empty catalogue with synthesised demo films" };
        var command = new Command("serve", "Run the platform.\n\nExample: streaming serve --data /var/lib/streaming --urls http://0.0.0.0:8080") { urls, demo };
        host.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            var settings = host.Settings(parsed);
            if (parsed.GetValue(urls) is { } addresses) settings["urls"] = addresses;
            if (parsed.GetValue(demo)) settings["demo:enabled"] = "true";
            return Serve(settings, ct);
        });
        return command;
    }

    private static async Task<int> Serve(Dictionary<string, string?> settings, CancellationToken ct)
    {
        try
        {
            await using var running = await RunningHost.Start(settings, ct);
            await Greet(running, settings, ct);
            await running.Stopped(ct);
            return ExitCodes.Done;
        }
        catch (StartFailure failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return ExitCodes.Failed;
        }
    }

    /// <summary>What a person has to know, in plain lines: the log may be JSON for somebody else.</summary>
    private static async Task Greet(RunningHost running, Dictionary<string, string?> settings, CancellationToken ct)
    {
        Console.WriteLine($"Open {running.Url}");
        var code = DataOptions.From(StreamingConfiguration.Build(settings)).PathOf("setup-code.txt");
        if (File.Exists(code)) Console.WriteLine($"Set-up code for the first account: {(await File.ReadAllTextAsync(code, ct)).Trim()}");
    }
}
