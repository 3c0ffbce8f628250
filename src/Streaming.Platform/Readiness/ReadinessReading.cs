using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Observing;
using Streaming.Platform.Readiness.Rehearsals;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Readiness;

/// <summary>The parts of a report, read off what has been added up.</summary>
internal static class ReadinessReading
{
    private const int MostRoutes = 40;
    private const int LeastMoved = 20;
    private const int LeastRequests = 50;

    /// <summary>Calls that would go from one process to another, the most frequent first.</summary>
    public static IReadOnlyList<CallPair> Pairs(string module, TallyView seen, CallSites sites, IReadOnlyDictionary<string, ContractShape> shapes) =>
    [
        .. seen.Pairs.Where(p => p.Value.Module == module != (p.Value.CallerModule == module))
            .OrderByDescending(p => p.Value.Calls).ThenBy(p => p.Key.Caller, StringComparer.Ordinal)
            .Select(p => new CallPair(
                p.Key.Caller, p.Value.CallerModule, p.Key.Contract, p.Value.Module, p.Value.Calls, p.Value.PerRequest.Percentile(50) ?? 0, p.Value.PerRequest.Percentile(99) ?? 0, p.Value.PerRequest.Max,
                p.Value.Repeated, Math.Round((double)p.Value.Together / p.Value.Calls, 3), p.Value.InTransaction, Milliseconds(p.Value.Took, 50), Milliseconds(p.Value.Took, 99), sites.Of(p.Key.Caller, p.Key.Contract),
                p.Value.PerRequest.Percentile(99) >= TraceTally.Repeat ? BatchForms.For(p.Key.Contract, Siblings(p.Value.Module, seen, shapes)) : null)),
    ];

    /// <summary>The module's contracts, as others and its own routes call them.</summary>
    public static IReadOnlyList<ContractSeen> Contracts(ModuleCanvas canvas, TallyView seen) =>
    [
        .. canvas.Contracts.Select(contract =>
        {
            var pairs = seen.Pairs.Where(p => p.Key.Contract == contract.Name).Select(p => p.Value).ToArray();
            var payload = seen.Payloads.GetValueOrDefault(contract.Name);
            return new ContractSeen(
                contract.Name, pairs.Sum(p => p.Calls), Milliseconds(pairs, 50), Milliseconds(pairs, 99), contract.SlowMs, payload?.RequestBytes.Percentile(50), payload?.AnswerBytes.Percentile(50),
                payload is { AnswerBytes.Count: > 0 } ? payload.AnswerBytes.Max : null, Tenths(payload?.CodecUs.Percentile(50)), Tenths(payload?.CodecUs.Percentile(99)), payload?.Lost, pairs.Length);
        }),
    ];

    /// <summary>What the move would add, the most first.</summary>
    public static IReadOnlyList<RoutePrediction> Routes(string module, TallyView seen, float[] roundTrips) =>
    [
        .. seen.Routes.Values.Where(r => r.Moves.TryGetValue(module, out var move) && move.Calls.Max > 0).Select(r => Predict(r, r.Moves[module], roundTrips))
            .OrderByDescending(r => r.OfBudget ?? 0).ThenByDescending(r => r.Recorded).Take(MostRoutes),
    ];

    /// <summary>The prediction beside what was measured: by a canary, else by the latest rehearsal, else by copies.</summary>
    public static MoveMeasured? Measured(
        string module, GuardReport? guard, ShadowReport? shadow, (string Name, KeptRehearsal Kept)? rehearsed, IReadOnlyList<ContractSeen> contracts, RoundTripReport? roundTrip)
    {
        var found = Of("canary", guard);
        // A canary's callers meet an instance that has warmed up; the first copies do not.
        if (found is null && rehearsed is var (name, kept)) found = kept.Steps.Reverse().Select(s => Of(name, s.Guard)).FirstOrDefault(m => m is not null);
        found ??= Of("shadow", shadow);
        if (found is null || roundTrip is null) return found;
        // The mix of its contracts as it was seen: their codecs differ more than their ways.
        var called = contracts.Where(c => c is { Calls: > 0, CodecUs: not null }).ToArray();
        var codec = called.Length == 0 ? 0 : called.Sum(c => c.Calls * c.CodecUs!.Value) / called.Sum(c => c.Calls) / 1000;
        var predicted = Math.Round(roundTrip.P50Ms + codec, 3);
        return found with { PredictedP50Ms = predicted, ErrorPercent = Math.Abs(found.AddedP50Ms) < 0.001 ? null : Math.Round((predicted - found.AddedP50Ms) / Math.Abs(found.AddedP50Ms) * 100, 1) };
    }

    /// <summary>Cores by a rehearsal: null where it has not measured both ends.</summary>
    public static SplitCost? Split(string name, KeptRehearsal kept)
    {
        var steps = kept.Steps.Where(s => s is { Guard.CallsThere: > 0, Cost.Requests: >= LeastRequests }).ToArray();
        if (steps is not [var first, .., var last] || last.Guard!.CallsHere > 0) return null;
        return new SplitCost(name, first.Name, Cores(first.Cost!.HostCpuSeconds, first), Cores(last.Cost!.HostCpuSeconds + last.Cost.InstanceCpuSeconds, last), Cores(last.Cost.HostCpuSeconds, last), Cores(last.Cost.InstanceCpuSeconds, last));
    }

    public static ModuleGraph Graph(IReadOnlyList<string> modules, IReadOnlyDictionary<string, ModuleCanvas> canvases, TallyView seen)
    {
        var inCode = canvases.SelectMany(c => c.Value.Contracts.SelectMany(k => k.CalledBy.Select(by => (From: by, To: c.Key)))).ToHashSet();
        var calls = inCode.Union(seen.Lines.Keys).Where(l => l.From != l.To).ToArray();
        GraphLoop[] live = [.. seen.Loops.Select(l => new GraphLoop([.. l.Key.Split(" → ").Distinct()], l.Key, "request", l.Value))];
        GraphLoop[] loops = [.. live, .. Loops.Of(modules, calls.Where(l => l.From != TracedRoute.Outside).ToLookup(l => l.From, l => l.To)).Where(l => !live.Any(known => known.Modules.Order().SequenceEqual(l.Modules.Order())))];
        bool IsInLoop(string from, string to) => loops.Any(l => l.Modules.Contains(from) && l.Modules.Contains(to));
        var lines = calls.Select(l =>
        {
            var window = seen.Lines.GetValueOrDefault(l);
            var repeats = seen.Pairs.Values.Where(p => p.CallerModule == l.From && p.Module == l.To).Select(p => p.PerRequest.Percentile(99) ?? 0).DefaultIfEmpty().Max();
            return new GraphLine(
                l.From, l.To, "call", seen.Pairs.Values.Where(p => p.CallerModule == l.From && p.Module == l.To).Sum(p => p.Calls), window?.Percentile(50), window?.Percentile(99), inCode.Contains(l),
                repeats >= TraceTally.Repeat ? (int)repeats : 0, IsInLoop(l.From, l.To));
        });
        var told = canvases.SelectMany(c => c.Value.Publishes.SelectMany(e => e.HeardBy).Select(h => (From: c.Key, To: h[..h.IndexOf(':')]))).Distinct().Where(l => l.From != l.To)
            .Select(l => new GraphLine(l.From, l.To, "event", 0, null, null, true, 0, false));
        return new ModuleGraph([TracedRoute.Outside, .. modules], [.. lines.Concat(told).OrderBy(l => l.Kind, StringComparer.Ordinal).ThenBy(l => l.From, StringComparer.Ordinal).ThenBy(l => l.To, StringComparer.Ordinal)], loops);
    }

    private static RoutePrediction Predict(RouteTally route, MoveTally move, float[] roundTrips)
    {
        double P(ValueWindow window, double percent) => window.Percentile(percent) ?? 0;
        var added = Resampling.Added(move.Critical.Values, move.CodecUs.Values, roundTrips);
        var budget = route.SlowMs > 0 ? Math.Min(route.SlowMs, route.AllowedMs ?? double.MaxValue) : route.AllowedMs;
        return new RoutePrediction(
            route.Route.Name, route.Route.Module, move.Calls.Count, Milliseconds(route.Took, 50), Milliseconds(route.Took, 99), P(move.Calls, 99), P(move.Critical, 50), P(move.Critical, 99), added?.P50Ms, added?.P99Ms, budget,
            added is { P99Ms: var most } && budget is > 0 ? Math.Round(most / budget.Value * 100, 1) : null);
    }

    private static MoveMeasured? Of(string from, GuardReport? guard) =>
        guard is { CallsHere: >= LeastMoved, CallsThere: >= LeastMoved, P50HereMs: { } here, P50ThereMs: { } there } ? new MoveMeasured(from, guard.CallsThere, here, there, Math.Round(there - here, 3), null, null) : null;

    private static MoveMeasured? Of(string from, ShadowReport? shadow) =>
        shadow is { Compared: >= LeastMoved, P50HereMs: { } here, P50ThereMs: { } there } ? new MoveMeasured(from, shadow.Compared, here, there, Math.Round(there - here, 3), null, null) : null;

    private static double Cores(double cpuSeconds, KeptStep step) => Math.Round(cpuSeconds / step.Cost!.Requests * 1000, 2);

    private static Dictionary<string, ContractShape> Siblings(string module, TallyView seen, IReadOnlyDictionary<string, ContractShape> shapes)
    {
        // A contract's module is told by whoever has been called; its name need not begin with it.
        var names = seen.Pairs.Where(p => p.Value.Module == module).Select(p => p.Key.Contract).ToHashSet(StringComparer.Ordinal);
        var prefix = names.Select(n => n[..n.IndexOf('.')]).ToHashSet(StringComparer.Ordinal);
        return shapes.Where(s => names.Contains(s.Key) || prefix.Contains(s.Key[..s.Key.IndexOf('.')])).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
    }

    private static double? Milliseconds(LatencyHistogram took, double percent) => took.Percentile(percent) is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;

    private static double? Milliseconds(PairTally[] pairs, double percent)
    {
        Span<uint> counts = stackalloc uint[LatencyHistogram.Buckets];
        counts.Clear();
        foreach (var pair in pairs) pair.Took.AddTo(counts);
        return LatencyHistogram.Percentile(counts, percent) is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;
    }

    private static double? Tenths(double? value) => value is { } known ? Math.Round(known, 1) : null;
}
