using System.CommandLine;
using System.Runtime;
using Streaming.Host.Composition;
using Streaming.Host.Handovers;
using Streaming.Host.Running;
using Streaming.Platform.Data;

namespace Streaming.Host.Commands;

/// <summary><c>streaming serve</c>: the whole platform in this process, or beside a host some of its modules.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var host = new HostOptions();
        var urls = new Option<string?>("--urls") { Description = "Addresses to listen on, separated by semicolons. Default: http://127.0.0.1:8080", HelpName = "urls" };
        var demo = new Option<bool>("--demo") { Description = "Fill an empty catalogue with synthesised demo films" };
        var modules = new Option<string?>("--modules") { Description = "Answer only the calls to these modules, separated by commas, beside a host", HelpName = "modules" };
        var instance = new Option<string?>("--instance") { Description = "Name of this instance, with --modules", HelpName = "name" };
        var beside = new Option<string?>("--host") { Description = "Address of the host that it stands beside: looked for before anything is begun", HelpName = "url" };
        var tied = new Option<bool>("--tied") { Description = "End when the standard input does: for whoever starts it as a child", Hidden = true };
        var succeed = new Option<string?>("--succeed") { Description = "Take the place of the host that starts this process", Hidden = true };
        var command = new Command(
            "serve",
            "Run the platform, or some of its modules beside a host on the same data.\n\n"
            + "Examples: streaming serve --data /var/lib/streaming --urls http://0.0.0.0:8080\n"
            + "          streaming serve --data /var/lib/streaming --modules recommendations --instance rec-1 --host http://127.0.0.1:8080")
        { urls, demo, modules, instance, beside, tied, succeed };
        host.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            var settings = host.Settings(parsed);
            if (parsed.GetValue(instance) is not null || parsed.GetValue(modules) is not null)
                Beside(settings, parsed.GetValue(instance), parsed.GetValue(modules), parsed.GetValue(beside));
            if (parsed.GetValue(urls) is { } addresses) settings["urls"] = addresses;
            if (parsed.GetValue(demo)) settings["demo:enabled"] = "true";
            return Serve(settings, parsed.GetValue(tied), parsed.GetValue(succeed), ct);
        });
        return command;
    }

    /// <summary>An instance leaves the addresses that are configured to the host.</summary>
    private static void Beside(Dictionary<string, string?> settings, string? instance, string? modules, string? host)
    {
        settings["instance:name"] = instance;
        settings["instance:modules"] = modules;
        settings["instance:host"] = host;
        foreach (var (key, value) in new[] { ("urls", "http://127.0.0.1:0"), ("telemetry:metrics", "off"), ("wire:listen", "http://127.0.0.1:0") }) settings.TryAdd(key, value);
    }

    private static async Task<int> Serve(Dictionary<string, string?> settings, bool isTied, string? succeed, CancellationToken stopped)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        var ct = end.Token;
        try
        {
            if (isTied) _ = Task.Run(() => EndWithInput(end), stopped);
            await using var predecessor = succeed is null ? null : Predecessor.Of(succeed);
            await using var successor = await ToItsEnd(settings, predecessor, ct);
            return successor is null ? ExitCodes.Done : await Attend(successor, ct);
        }
        catch (StartFailure failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return ExitCodes.Failed;
        }
    }

    /// <summary>A method of its own, so that nothing of the host is kept in memory afterwards.</summary>
    private static async Task<Successor?> ToItsEnd(Dictionary<string, string?> settings, Predecessor? predecessor, CancellationToken ct)
    {
        await using var running = await RunningHost.Start(settings, ct, null, predecessor);
        await Greet(running, settings, ct);
        await running.Stopped(ct);
        return running.Successor;
    }

    /// <summary>
    /// Whoever supervises this process, a service manager or a container, takes its end for the host's: so it stays, with as little memory as
    /// can be, for as long as its successor serves, and ends as that does.
    /// </summary>
    private static async Task<int> Attend(Successor successor, CancellationToken stopped)
    {
        await successor.Leave();
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return await successor.Ended(stopped);
    }

    private static async Task EndWithInput(CancellationTokenSource end)
    {
        await using var input = Console.OpenStandardInput();
        while (await input.ReadAsync(new byte[256], end.Token) > 0)
        {
            // What is said there does not matter.
        }

        await end.CancelAsync();
    }

    /// <summary>What a person has to know, in plain lines: the log may be JSON for somebody else.</summary>
    private static async Task Greet(RunningHost running, Dictionary<string, string?> settings, CancellationToken ct)
    {
        if (settings.GetValueOrDefault("instance:name") is { Length: > 0 } instance)
        {
            Console.WriteLine($"Instance {instance} answers for {settings["instance:modules"]} at {running.Url}. Hosts send it calls once the dial says so: streaming dial");
            return;
        }

        Console.WriteLine($"Open {running.Url}");
        var code = DataOptions.From(StreamingConfiguration.Build(settings)).PathOf("setup-code.txt");
        if (File.Exists(code)) Console.WriteLine($"Set-up code for the first account: {(await File.ReadAllTextAsync(code, ct)).Trim()}");
    }
}
