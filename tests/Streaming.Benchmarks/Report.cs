using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Streaming.Benchmarks;

internal static class Report
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Print(IBench bench, IReadOnlyList<Row> rows) => Print(bench.About, $"build/bench {bench.Name}", rows);

    public static void Print(string about, string command, IReadOnlyList<Row> rows)
    {
        var table = new Table().Title(Markup.Escape(about)).AddColumn("measure");
        foreach (var heading in new[] { "ours", "peer", "ratio", "bound", "holds" }) table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var row in rows)
            table.AddRow(
                Markup.Escape(row.Measure),
                Number(row.Ours),
                Number(row.Peer),
                Number(row.Ratio),
                Markup.Escape(row.Bound ?? ""),
                row.Holds switch { true => "[green]yes[/]", false => "[red]no[/]", null => "" });
        // Where nobody looks on, such as in a file, there is room for whole lines.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(table);
        Console.WriteLine($"machine: {Machine.Describe()}");
        Console.WriteLine($"command: {command}");
    }

    public static async Task Write(string file, IReadOnlyList<Row> rows, CancellationToken cancellationToken) =>
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows, _json) + "\n", cancellationToken);

    private static string Number(double? value) => value?.ToString("#,0.###", CultureInfo.InvariantCulture) ?? "";
}
