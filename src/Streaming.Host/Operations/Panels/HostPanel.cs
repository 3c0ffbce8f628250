using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Host.Operations.Live;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>This process and its machine: the health checks, processor and memory.</summary>
internal sealed class HostPanel(HealthPoll health, Recorder recorder, TimeProvider clock) : IOperationsPanel
{
    // The first answer comes a second after the start; until then nothing is wrong.
    private const int Grace = 20;
    private const int Lately = 60;
    private const double BusyPercent = 90;
    private const double FullPercent = 90;
    private const double LongPausesMs = 100;

    public string Key => "host";

    public string Heading => "Host and checks";

    public int Order => 90;

    public IReadOnlyList<PanelColumn> Columns { get; } = [new("Check", "text"), new("State", "state"), new("What it says", "text")];

    public PanelView Read() => new(
        string.Create(CultureInfo.InvariantCulture, $"{Known("cpu")?.ToString("0", CultureInfo.InvariantCulture) ?? "–"} % of {Environment.ProcessorCount} processors, {(Known("memory") ?? 0) / 1e6:0} MB, {ThreadPool.ThreadCount} threads"),
        health.Last is not { } report ? []
            : [.. report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new PanelRow(e.Key, [e.Key, Word(e.Value.Status), e.Value.Description ?? e.Value.Exception?.Message], Level(e.Value.Status)))]);

    public IEnumerable<Alert> Look()
    {
        foreach (var (name, entry) in health.Last?.Entries ?? new Dictionary<string, HealthReportEntry>())
            if (Level(entry.Status) is { } level)
                yield return new Alert($"check:{name}", Panel(name), level, Sentence(name, entry), For(name));
        if (health.Last is null && clock.GetUtcNow().ToUnixTimeSeconds() - recorder.Began > Grace)
            yield return new Alert("checks", Key, AlertLevel.Attention, "The health checks do not answer", Advices.Silent);
        if (Mean("cpu") > BusyPercent) yield return new Alert("cpu", Key, AlertLevel.Attention, "The processors have been busy for a minute", Advices.Processor);
        if (Mean("gc.pause") > LongPausesMs) yield return new Alert("gc", Key, AlertLevel.Attention, "A tenth of the time goes into collecting garbage", Advices.Pauses);
        if (GC.GetGCMemoryInfo() is { TotalAvailableMemoryBytes: > 0 and var available } && Known("memory") * 100 > FullPercent * available)
            yield return new Alert("memory", Key, AlertLevel.Attention, "Memory is nearly full", Advices.Memory);
    }

    private double? Known(string line) => recorder[line]?.Latest;

    /// <summary>Of the last minute; not a number while that is not over.</summary>
    private double Mean(string name)
    {
        if (recorder[name] is not { } line || recorder.History(line, isFine: true, Lately).Values is not { Length: Lately } values) return double.NaN;
        return values.Average();
    }

    private static string Sentence(string check, HealthReportEntry entry) =>
        $"{char.ToUpperInvariant(check[0])}{check[1..]}: {entry.Description ?? entry.Exception?.Message ?? "not well"}";

    private static string Panel(string check) => check switch { "database" => "database", "consistency" => "servers", "events" => "jobs", _ => "host" };

    private static Advice For(string check) => check switch
    {
        "database" => Advices.Database,
        "consistency" => Advices.Servers,
        "disk" => Advices.Disk,
        "configuration" => Advices.Configuration,
        "encoder" => Advices.Encoder,
        "events" => Advices.Events,
        _ => Advices.Check,
    };

    private static AlertLevel? Level(HealthStatus status) =>
        status switch { HealthStatus.Healthy => null, HealthStatus.Degraded => AlertLevel.Attention, _ => AlertLevel.Failure };

    private static string Word(HealthStatus status) => status switch { HealthStatus.Healthy => "well", HealthStatus.Degraded => "degraded", _ => "failing" };
}
