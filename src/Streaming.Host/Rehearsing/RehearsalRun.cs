using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Streaming.Host.Composition;
using Streaming.Host.Running;
using Streaming.Platform.Data;

namespace Streaming.Host.Rehearsing;

/// <summary>A rehearsal beside the host that runs on a data folder: starts it, shows it, and keeps its report in the folder.</summary>
internal sealed class RehearsalRun : IAsyncDisposable
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Dictionary<string, string?> _settings;
    private readonly Uri _host;
    private readonly HostTarget _target;

    private RehearsalRun(Dictionary<string, string?> settings, string folder, Uri host, HostTarget target) => (_settings, Folder, _host, _target) = (settings, folder, host, target);

    public string Folder { get; }

    /// <summary>An operator's client of the host.</summary>
    public HttpClient Http => _target.Http;

    /// <exception cref="StartFailure">No host runs there; the message says what to do.</exception>
    public static async Task<RehearsalRun> Open(Dictionary<string, string?> settings, CancellationToken ct)
    {
        var folder = DataOptions.From(StreamingConfiguration.Build(settings)).Folder;
        var address = FolderLock.Running(folder) ?? throw new StartFailure($"No host runs on {folder}. This needs one, and its traffic: streaming serve --data {folder}");
        return new RehearsalRun(settings, folder, address, await HostTarget.Open(settings, null, ct));
    }

    /// <param name="plan">What is to be done.</param>
    /// <param name="complete">As <see cref="Rehearsal"/> takes it.</param>
    /// <param name="ct">Ends it early; the modules come home all the same.</param>
    public async Task<RehearsalReport> Run(RehearsalPlan plan, Func<CancellationToken, Task<(Verdict, string)>>? complete, CancellationToken ct)
    {
        var report = await RehearsalScreen.Show(plan, tell => new Rehearsal(Http, plan, name => Launch(plan, name), tell, complete).Run(ct));
        var path = await Keep(plan, report, ct);
        var colour = report.Verdict switch { "ready" or "withstood" => "green", "not-ready" => "red", _ => "yellow" };
        AnsiConsole.MarkupLine($"[{colour}]{RehearsalReport.Words(report.Verdict)}[/] {Markup.Escape(report.Reason)}");
        if (report.HomeAfterSeconds is { } home) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The module was back {home:0.0} s after that began."));
        if (report.Load is { } load) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Own requests: {load.Requests}, failed {load.Failed}, p50 {load.P50Ms:0.0} ms, p99 {load.P99Ms:0.0} ms."));
        Console.WriteLine($"Report: {path}");
        Console.WriteLine($"Drawn:  {new Uri(_host, $"/operations/rehearsals/{Path.GetFileNameWithoutExtension(path)}")}");
        return report;
    }

    public ValueTask DisposeAsync() => _target.DisposeAsync();

    private InstanceChild Launch(RehearsalPlan plan, string name)
    {
        var settings = _settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" });
        var fault = plan.Injection is Injection.Slow or Injection.Errors or Injection.Skew ? new[] { "--set", $"instance:fault={plan.Injection.ToString().ToLowerInvariant()}" } : [];
        return InstanceChild.Start(
            plan.Binary?.Path, [.. settings, "--set", $"data:folder={Folder}", .. fault, "--instance", name, "--modules", string.Join(',', plan.Modules), "--host", _host.ToString()]);
    }

    private async Task<string> Keep(RehearsalPlan plan, RehearsalReport report, CancellationToken ct)
    {
        var reports = PrivateFolder.Create(Path.Combine(Folder, "rehearsals"));
        var name = Path.Combine(reports.FullName, string.Create(CultureInfo.InvariantCulture, $"{report.At:yyyyMMdd-HHmmss}-{plan.Name}"));
        await File.WriteAllTextAsync(name + ".json", JsonSerializer.Serialize(report, _json), ct);
        await File.WriteAllTextAsync(name + ".md", report.Markdown(), ct);
        return name + ".md";
    }
}
