using System.Globalization;

namespace Streaming.Platform.Readiness;

/// <summary>What speaks for a move and what against it. The first of these levels that occurs is the verdict.</summary>
internal static class ReadinessRules
{
    public const string Blocker = "blocker";
    public const string Amber = "amber";
    public const string Unknown = "unknown";
    public const string Good = "good";

    /// <summary>More calls of one contract in a request than this, in one request of a hundred, must not go over a wire.</summary>
    public const int MostRepeats = 10;

    /// <summary>Of a budget, in percent.</summary>
    public const double MostOfBudget = 10;

    /// <summary>Calls below which nothing is said.</summary>
    public const int LeastCalls = 100;

    private const int MostRoutes = 3;
    private const double LagMs = 5000;
    private const double MostError = 50;
    private static readonly string[] _order = [Blocker, Amber, Unknown, Good];

    /// <summary>The report with its findings and its verdict.</summary>
    public static ReadinessReport Judge(ReadinessReport report)
    {
        ReadinessFinding[] findings = [.. All(report).OrderBy(f => Array.IndexOf(_order, f.Level))];
        var (blockers, ambers) = (findings.Where(f => f.Level == Blocker).ToArray(), findings.Count(f => f.Level == Amber));
        var isSeen = report.Seen.Calls >= LeastCalls && report.RoundTrips.Count > 0;
        var verdict = blockers.Length > 0 ? "blocked" : !isSeen ? "not-enough-seen" : ambers > 0 ? "amber" : "ready";
        return report with { Findings = findings, Verdict = verdict, Summary = Summary(verdict, report, blockers, ambers) };
    }

    private static string Summary(string verdict, ReadinessReport report, ReadinessFinding[] blockers, int ambers) => verdict switch
    {
        "blocked" => $"{report.Module} cannot run in a process of its own yet: {blockers.Length} {(blockers.Length == 1 ? "thing stands" : "things stand")} in the way.",
        "not-enough-seen" => report.Seen.Calls < LeastCalls
            ? string.Create(CultureInfo.InvariantCulture, $"Too little was seen of {report.Module} to say so: {report.Seen.Calls} calls, of {LeastCalls} that are needed.")
            : $"How long the way to another process takes has not been measured, so nothing can be said of {report.Module}.",
        "amber" => $"{report.Module} can run in a process of its own, with {ambers} {(ambers == 1 ? "thing" : "things")} to know before.",
        _ => $"{report.Module} can run in a process of its own.",
    };

    private static IEnumerable<ReadinessFinding> All(ReadinessReport report) =>
        [.. Rows(report), .. Code(report), .. Calls(report), .. Wire(report), .. Time(report), .. Moved(report)];

    private static IEnumerable<ReadinessFinding> Rows(ReadinessReport report)
    {
        foreach (var other in report.Rows.SharedWith)
            yield return new(Blocker, "shared-transaction", $"A transaction was shared with {other}.", "Let each module write in its own transaction, and tell the other by an event.");
        foreach (var (other, command) in report.Rows.Foreign)
            yield return new(Amber, "foreign-rows", $"A command names the schema of {other}: {command}", $"Ask {other} by a contract. Calls can move as it is, rows cannot.");
        var held = report.Calls.Where(c => c.InTransaction > 0).ToArray();
        foreach (var pair in held)
            yield return new(Amber, "held-transaction", $"{pair.Caller} calls {pair.Contract} with its transaction open ({pair.InTransaction} of {pair.Calls} calls).", "Ask before the transaction begins (IAsksFirst): over a wire its locks are held for a round trip more.");
        if (report.Rows is { SharedWith.Count: 0, Foreign.Count: 0 } && held.Length == 0)
            yield return new(Good, "rows", !report.Canvas.HasData ? "It has no rows." : report.Rows.HasSchemas
                ? $"It keeps to its own rows: {report.Rows.Commands} different commands were looked at, none names another's schema, no transaction is shared."
                : "It keeps to its own rows: a SQLite file of its own, and no transaction is shared.");
    }

    private static IEnumerable<ReadinessFinding> Code(ReadinessReport report)
    {
        var loops = report.Graph.Loops.Where(l => l.Modules.Contains(report.Module)).ToArray();
        foreach (var loop in loops)
            yield return new(Blocker, "cycle", loop.Kind == "request" ? $"Requests go round: {loop.Way} ({loop.Times} calls)." : $"Modules need each other: {loop.Way}.", "Turn one of the calls around, or make it an event.");
        if (loops.Length == 0) yield return new(Good, "cycle", "No call comes back to it, in the code or in what was seen.");
        foreach (var contract in report.Canvas.Contracts.Where(c => c.Kind == "other"))
            yield return new(Blocker, "not-repeatable", $"{contract.Name} is no question and has no id, so it must not be sent twice.", "Make it an ICommand<T>: its id is kept in the inbox with its answer.");
        var orders = report.Canvas.Contracts.Count(c => c.Kind == "command");
        if (report.Canvas.Contracts.All(c => c.Kind != "other"))
            yield return new(Good, "repeatable", orders == 0 ? "All its contracts are questions." : $"{Count(orders, "order")} with an id, kept in its inbox with the answer; the rest are questions.");
        if (report.Canvas.Statics.Count > 0)
            yield return new(Amber, "statics", $"Static fields may change: {string.Join(", ", report.Canvas.Statics)}.", "Two processes have two of each. Keep it in a singleton that hears of events, or in the cache.");
        else yield return new(Good, "statics", "No static field may change.");
    }

    private static IEnumerable<ReadinessFinding> Calls(ReadinessReport report)
    {
        var repeated = report.Calls.Where(c => c.P99 >= TraceTally.Repeat).OrderByDescending(c => c.P99).ToArray();
        foreach (var pair in repeated)
            yield return new(
                pair.P99 > MostRepeats ? Blocker : Amber, "repeated-calls",
                string.Create(CultureInfo.InvariantCulture, $"{pair.Caller} calls {pair.Contract} {pair.P99:0} times in a request{(pair.Sites.Count > 0 ? $", at {string.Join(" and ", pair.Sites)}" : "")}."),
                pair.Batch);
        if (repeated.Length == 0 && report.Calls.Count > 0) yield return new(Good, "repeated-calls", "Nothing is asked three times in a request.");
        var unseen = report.Canvas.Contracts.Where(c => report.Contracts.All(seen => seen.Name != c.Name || seen.Calls == 0)).Select(c => c.Name).ToArray();
        if (unseen.Length > 0) yield return new(Unknown, "unseen", $"Nobody has called {string.Join(", ", unseen)} yet.", "Use what calls them, or rehearse with --load.");
    }

    private static IEnumerable<ReadinessFinding> Wire(ReadinessReport report)
    {
        foreach (var contract in report.Canvas.Contracts.Where(c => c.NoShape is not null))
            yield return new(Blocker, "not-json", $"{contract.Name} cannot be told as JSON: {contract.NoShape}", "Use numbers, texts, ids, lists and records of those.");
        foreach (var contract in report.Contracts.Where(c => c.Lost is not null))
            yield return new(Blocker, "not-json", $"{contract.Name} does not survive the wire: {contract.Lost}.", "Give what is lost a public member that can be set, and keep what only this process knows out of it.");
        foreach (var (process, contracts) in report.Unfit)
            foreach (var (contract, reasons) in contracts)
                yield return new(Blocker, "changed-contract", $"{process} does not understand {contract}: {string.Join("; ", reasons)}.", "Run the same version there, or change the contract only by what may be absent.");
        if (report.Canvas.Contracts.All(c => c.NoShape is null) && report.Contracts.All(c => c.Lost is null) && report.Contracts.Any(c => c.CodecUs is not null))
            yield return new(Good, "not-json", $"{Count(report.Contracts.Count(c => c.CodecUs is not null), "contract")} went to bytes and back, and nothing was lost.");
        if (report.Shadow is { Mismatched: > 0 } shadow)
            yield return new(Amber, "mismatches", $"{shadow.Mismatched} of {shadow.Compared} copies were answered otherwise there.", "See where: streaming dial, the panel Placements, or the rehearsal's report.");
        else if (report.Shadow is { Compared: > 0 } same)
            yield return new(Good, "mismatches", $"{same.Compared} copies were answered alike there{(same.Noise.Count > 0 ? $", but for {Count(same.Noise.Count, "member")} that differ from one answer to the next" : "")}.");
    }

    private static IEnumerable<ReadinessFinding> Time(ReadinessReport report)
    {
        if (report.RoundTrips.Count == 0)
        {
            yield return new(Unknown, "round-trip", "The way to another process has not been measured.", "Set wire:listen, or start an instance.");
            yield break;
        }

        var over = report.Routes.Where(r => r.OfBudget > MostOfBudget).OrderByDescending(r => r.OfBudget).ToArray();
        foreach (var route in over.Take(MostRoutes))
            yield return new(
                Amber, "latency", string.Create(CultureInfo.InvariantCulture, $"{route.Route} would take up to {route.AddedP99Ms:0.0} ms more: {route.OfBudget:0} % of its {route.BudgetMs:0} ms."),
                route.CriticalP99 > 1 ? $"{route.CriticalP99:0} calls wait for one another: make them at the same time, or ask once." : "One call is all that is added: a nearer instance, or a budget that says what is meant.");
        if (over.Length > MostRoutes)
            yield return new(Amber, "latency", $"The same, less of it: {string.Join(", ", over.Skip(MostRoutes).Select(r => r.Route))}.");
        if (over.Length == 0 && report.Routes.Count > 0)
            yield return new(Good, "latency", string.Create(CultureInfo.InvariantCulture, $"At most {report.Routes.Max(r => r.OfBudget) ?? 0:0.#} % of any route's budget would go into the way."));
        var roundTrip = report.RoundTrips.FirstOrDefault(r => r.To != RoundTrips.Loopback) ?? report.RoundTrips[0];
        var slow = report.Contracts.Where(c => c.P99Ms <= c.SlowMs && c.P99Ms + roundTrip.P50Ms + (c.CodecUs / 1000 ?? 0) > c.SlowMs).Select(c => $"{c.Name} ({c.SlowMs} ms)").ToArray();
        if (slow.Length > 0)
            yield return new(Amber, "slow-there", $"Over what they call slow there, in one call of a hundred, and not here: {string.Join(", ", slow)}.", "The guard compares that. Make them faster, or let the contract say what is slow.");
        var already = report.Contracts.Where(c => c.P99Ms > c.SlowMs).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} ({c.P99Ms:0} of {c.SlowMs} ms)")).ToArray();
        if (already.Length > 0) yield return new(Amber, "slow-here", $"Slow here already, in one call of a hundred: {string.Join(", ", already)}.", "First see why: /operations, Dependencies and Routes.");
    }

    private static IEnumerable<ReadinessFinding> Moved(ReadinessReport report)
    {
        if (report.Lag is { P99Ms: > LagMs } lag) yield return new(Amber, "events", string.Create(CultureInfo.InvariantCulture, $"Its events take up to {lag.P99Ms / 1000:0.#} s to be told."), "See what holds them up: the panel Jobs and events.");
        if (report.Measured is { } moved)
        {
            var isFar = moved is { ErrorPercent: < -MostError, AddedP50Ms: > 1 };
            yield return new(
                isFar ? Amber : Good, "measured", string.Create(
                    CultureInfo.InvariantCulture, $"A call there took {moved.AddedP50Ms:0.00} ms more ({moved.From}, {moved.Calls} calls); {moved.PredictedP50Ms:0.00} ms were predicted{(moved.ErrorPercent is { } error ? $", {Math.Abs(error):0} % {(error < 0 ? "too little" : "too much")}" : "")}."),
                isFar ? "The way is not what it takes: an instance that has just started remembers nothing, and two processes share these processors. Rehearse longer, with --step-seconds 60." : null);
        }
        else yield return new(Unknown, "measured", "It has not been there yet, so nothing is measured but only predicted.", $"streaming rehearse {report.Module}");
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
