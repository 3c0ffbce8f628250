using System.Globalization;
using System.Text;

namespace Streaming.Platform.Readiness;

/// <summary>A report for people, as they keep it beside a decision.</summary>
public static class ReadinessMarkdown
{
    private const int MostRows = 40;

    /// <summary>All modules, a line each.</summary>
    public static string Of(IReadOnlyList<ReadinessReport> reports)
    {
        var text = new StringBuilder();
        text.AppendLine("# Readiness of the modules").AppendLine();
        text.AppendLine("| module | verdict | in the way | to know | requests seen | calls seen |").AppendLine("|---|---|---:|---:|---:|---:|");
        foreach (var report in reports)
            text.AppendLine(Line($"| {report.Module} | {Words(report.Verdict)} | {Count(report, ReadinessRules.Blocker)} | {Count(report, ReadinessRules.Amber)} | {report.Seen.Requests} | {report.Seen.Calls} |"));
        return text.ToString();
    }

    /// <summary>One module, whole.</summary>
    public static string Of(ReadinessReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(Line($"# Readiness of {report.Module}, {report.At:yyyy-MM-dd HH:mm}Z")).AppendLine();
        text.AppendLine(Line($"**{Words(report.Verdict)}.** {report.Summary}")).AppendLine();
        text.AppendLine(Line($"Rests on {report.Seen.Requests} recorded requests with {report.Seen.Calls} calls{(report.Seen.Since is { } since ? Line($" since {since:yyyy-MM-dd HH:mm}Z") : "")}; {report.Seen.Dropped} had no room.")).AppendLine();
        text.AppendLine("## Findings").AppendLine();
        foreach (var finding in report.Findings) text.AppendLine($"- **{finding.Level}**: {finding.Text}{(finding.Advice is null ? "" : $" *{finding.Advice}*")}");
        Canvas(text, report.Canvas);
        Calls(text, report);
        Times(text, report);
        Costs(text, report);
        return text.ToString();
    }

    /// <summary>As people say it.</summary>
    public static string Words(string verdict) => verdict switch
    {
        "ready" => "Ready",
        "amber" => "Ready, with care",
        "blocked" => "Blocked",
        _ => "Not enough seen",
    };

    private static void Canvas(StringBuilder text, ModuleCanvas canvas)
    {
        text.AppendLine().AppendLine("## Canvas").AppendLine();
        text.AppendLine("| contract | version | kind | deadline, ms | slow, ms | shape | called by, in the code |").AppendLine("|---|---:|---|---:|---:|---|---|");
        foreach (var contract in canvas.Contracts)
            text.AppendLine(Line($"| {contract.Name} | {contract.Version} | {contract.Kind} | {contract.DeadlineMs} | {contract.SlowMs} | {contract.Fingerprint ?? "none"} | {List(contract.CalledBy)} |"));
        text.AppendLine().AppendLine($"- Calls: {List(canvas.Calls)}");
        foreach (var told in canvas.Publishes) text.AppendLine($"- Tells {told.Name}: {List(told.HeardBy)}");
        text.AppendLine($"- Hears: {List(canvas.Hears)}");
        text.AppendLine($"- Static fields that may change: {List(canvas.Statics)}");
    }

    private static void Calls(StringBuilder text, ReadinessReport report)
    {
        text.AppendLine().AppendLine("## Calls").AppendLine();
        foreach (var line in report.Graph.Lines.Where(l => l.From == report.Module || l.To == report.Module))
            text.AppendLine(Line($"- {line.From} → {line.To}: {(line.Kind == "event" ? "events" : line.PerRequest is { } seen ? Line($"{line.Calls} calls, {seen:0.#} a request, {line.PerRequestP99:0.#} in 99 of 100 at most") : "in the code, not seen")}"));
        text.AppendLine().AppendLine("| caller | contract | calls | a request: p50 | p99 | max | at once | ms: p50 | p99 | where |").AppendLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (var pair in report.Calls.Take(MostRows))
            text.AppendLine(Line($"| {pair.Caller} | {pair.Contract} | {pair.Calls} | {pair.P50:0} | {pair.P99:0} | {pair.Max:0} | {pair.Together:0 %} | {pair.P50Ms:0.00} | {pair.P99Ms:0.00} | {string.Join("<br>", pair.Sites)} |"));
        text.AppendLine().AppendLine("| contract | calls | request, bytes | answer, bytes | most | codec, µs | p99 | ms: p50 | p99 |").AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var seen in report.Contracts)
            text.AppendLine(Line($"| {seen.Name} | {seen.Calls} | {seen.RequestBytes:0} | {seen.AnswerBytes:0} | {seen.AnswerBytesMax:0} | {seen.CodecUs:0} | {seen.CodecP99Us:0} | {seen.P50Ms:0.00} | {seen.P99Ms:0.00} |"));
    }

    private static void Times(StringBuilder text, ReadinessReport report)
    {
        text.AppendLine().AppendLine("## What a move would add").AppendLine();
        foreach (var trip in report.RoundTrips) text.AppendLine(Line($"- Round trip to {trip.To}: p50 {trip.P50Ms:0.00} ms, p99 {trip.P99Ms:0.00} ms ({trip.Count} measured)"));
        if (report.Measured is { } moved)
            text.AppendLine(Line($"- Measured by {moved.From}: {moved.AddedP50Ms:0.00} ms a call ({moved.HereP50Ms:0.00} here, {moved.ThereP50Ms:0.00} there), predicted {moved.PredictedP50Ms:0.00} ms{(moved.ErrorPercent is { } error ? Line($", {error:+0;-0} %") : "")}"));
        text.AppendLine().AppendLine("| route | requests | ms: p50 | p99 | calls | one after another: p50 | p99 | added, ms: p50 | p99 | budget, ms | of it |").AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var route in report.Routes)
            text.AppendLine(Line($"| {route.Route} | {route.Recorded} | {route.P50Ms:0.00} | {route.P99Ms:0.00} | {route.Calls:0} | {route.CriticalP50:0} | {route.CriticalP99:0} | {route.AddedP50Ms:0.00} | {route.AddedP99Ms:0.00} | {route.BudgetMs:0} | {route.OfBudget:0.0} % |"));
    }

    private static void Costs(StringBuilder text, ReadinessReport report)
    {
        text.AppendLine().AppendLine("## Rows, events, cost").AppendLine();
        text.AppendLine(Line($"- Commands looked at: {report.Rows.Commands}; others' schemas: {List([.. report.Rows.Foreign.Keys])}; transactions shared with: {List(report.Rows.SharedWith)}"));
        if (report.Lag is { } lag) text.AppendLine(Line($"- Events: p50 {lag.P50Ms:0} ms, p99 {lag.P99Ms:0} ms until told ({lag.Events} latest), {lag.Waiting} waiting"));
        if (report.Shadow is { } shadow) text.AppendLine(Line($"- Copies: {shadow.Compared} compared, {shadow.Mismatched} otherwise, {shadow.Raced} raced, {shadow.Noisy} noisy, {shadow.Failed} failed, {shadow.Dropped} dropped"));
        text.AppendLine(report.Processor.MsPerRequest is { } now
            ? Line($"- This process now: {now:0.00} cores for 1,000 requests a second, all that it does ({report.Processor.Requests} requests in {report.Processor.Seconds:0} s)")
            : "- This process now: too few requests to say what they cost");
        if (report.Split is { } split)
            text.AppendLine(Line($"- By {split.Rehearsal}: {split.OneProcess:0.00} cores for 1,000 requests a second at {split.Step}, {split.Split:0.00} with everybody in the instance ({split.Host:0.00} host, {split.Instance:0.00} instance)"));
    }

    private static int Count(ReadinessReport report, string level) => report.Findings.Count(f => f.Level == level);

    private static string List(IReadOnlyCollection<string> items) => items.Count == 0 ? "none" : string.Join(", ", items);

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
