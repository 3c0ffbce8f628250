using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Streaming.Host.Composition;
using Streaming.Platform.Data;

namespace Streaming.Host.Commands;

/// <summary><c>streaming config history</c>: the versions of <c>streaming.json</c> that were in force.</summary>
internal static class ConfigHistoryCommand
{
    public static Command Create()
    {
        var host = new HostOptions();
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("history", "List the versions of streaming.json that were in force.\n\nExample: streaming config history --data /var/lib/streaming") { json };
        host.AddTo(command);
        command.SetAction(parsed =>
        {
            var versions = new ConfigurationVersions(DataOptions.From(StreamingConfiguration.Build(host.Settings(parsed), new Dictionary<string, string?>())));
            var current = versions.Current();
            var rows = versions.List().Select(v => new Row(v.Number, v.At, v.SizeBytes, versions.Read(v.Number) == current)).ToList();
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(rows, JsonSerializerOptions.Web));
            else if (rows.Count == 0) Console.WriteLine("There are none: no host has run on this folder with a streaming.json.");
            else foreach (var row in rows) Console.WriteLine(Line(row));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Line(Row row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Version,6}  {row.At:yyyy-MM-dd HH:mm:ss}Z  {row.SizeBytes,8} bytes{(row.IsCurrent ? "  as the file is now" : "")}");

    private sealed record Row(int Version, DateTimeOffset At, long SizeBytes, bool IsCurrent);
}
