using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Host.Composition;
using Streaming.Host.Running;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Commands;

/// <summary><c>streaming config</c>: what is configured, and where each value came from.</summary>
internal static class ConfigCommand
{
    private static readonly string[] _secrets = ["password", "secret", "key", "token", "postgres", "redis"];

    public static Command Create()
    {
        var host = new HostOptions();
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("config", "Print what is configured and where each value came from; what is not listed has its default.\n\nExample: streaming config --data /var/lib/streaming")
        {
            json,
            ConfigHistoryCommand.Create(),
            ConfigRestoreCommand.Create(),
        };
        host.AddTo(command);
        command.SetAction(parsed =>
        {
            try
            {
                var configuration = StreamingConfiguration.Build(host.Settings(parsed));
                var rows = Rows(configuration).ToList();
                if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(rows, JsonSerializerOptions.Web));
                else foreach (var row in rows) Console.WriteLine($"{row.Key} = {row.Value}    ({row.From})");
                Check(configuration);
                return ExitCodes.Done;
            }
            catch (Exception wrong) when (wrong is InvalidOperationException or InvalidDataException or UnauthorizedAccessException or IOException)
            {
                Console.Error.WriteLine($"This is not right, so no host starts with it, and one that runs goes on without it: {StartFailure.From(wrong).Message}");
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    private static void Check(IConfigurationRoot configuration)
    {
        ConfigurationKeys.Check(configuration);
        using var policies = new ResiliencePolicies(configuration, NullLogger<ResiliencePolicies>.Instance);
        LiveConfiguration.CheckLive(configuration, policies);
    }

    private static IEnumerable<Row> Rows(IConfigurationRoot configuration)
    {
        foreach (var (key, value) in configuration.AsEnumerable().Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var provider = configuration.Providers.Last(p => p.TryGet(key, out _));
            var masked = _secrets.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "********" : value!;
            yield return new Row(key.ToLowerInvariant(), masked, StreamingConfiguration.NameOf(provider));
        }
    }

    private sealed record Row(string Key, string Value, string From);
}
