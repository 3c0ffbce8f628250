namespace Streaming.Platform.Readiness;

/// <summary>What all recorded requests come to. Written by the recorder alone, read by whoever makes a report.</summary>
internal sealed class TraceTally(RoundTrips roundTrips, TimeProvider clock)
{
    /// <summary>So often in one request is a list made call by call.</summary>
    public const int Repeat = 3;

    private const int MostPairs = 2000;
    private const int MostLoops = 100;

    // Until it has been measured: what it takes on one machine (docs/benchmarks.md, "Extraction").
    private const double UsualRoundTripUs = 400;

    private readonly Lock _gate = new();
    private readonly PayloadProbe _probe = new(clock);
    private readonly Dictionary<string, RouteTally> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Caller, string Contract), PairTally> _pairs = [];
    private readonly Dictionary<string, PayloadTally> _payloads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _loops = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To), ValueWindow> _lines = [];

    /// <summary>When the first was recorded; null before.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Requests that have been taken in.</summary>
    public long Recorded { get; private set; }

    public void Add(CallTrace trace)
    {
        // What JSON costs is found out before anybody who reads is kept waiting.
        var payloads = new List<(string Contract, Payload Payload)>();
        foreach (var call in trace.Calls)
            if (call is { Request: { } request, Answer: { } answer }) payloads.Add((call.Name, _probe.Look(request, answer)));
        lock (_gate)
        {
            Since ??= clock.GetUtcNow();
            Recorded++;
            foreach (var (contract, payload) in payloads) Count(contract, payload);
            Count(trace);
        }
    }

    /// <summary>Reads while nothing is added.</summary>
    public T Read<T>(Func<TallyView, T> read)
    {
        lock (_gate) return read(new TallyView(_routes, _pairs, _payloads, _loops, _lines));
    }

    private void Count(string contract, Payload payload)
    {
        if (!_payloads.TryGetValue(contract, out var tally)) _payloads[contract] = tally = new PayloadTally();
        if (payload.Lost is not null)
        {
            tally.Lost ??= payload.Lost;
            return;
        }

        tally.RequestBytes.Add(payload.RequestBytes);
        tally.AnswerBytes.Add(payload.AnswerBytes);
        tally.CodecUs.Add(payload.CodecUs);
    }

    private void Count(CallTrace trace)
    {
        if (!_routes.TryGetValue(trace.Route.Name, out var route)) _routes[trace.Route.Name] = route = new RouteTally(trace.Route);
        route.Recorded++;
        route.Took.Add(clock.GetElapsedTime(trace.Root.Began, trace.Root.Ended));
        if (trace.Allowed is { } allowed) route.AllowedMs = clock.GetElapsedTime(0, allowed).TotalMilliseconds;
        CountPairs(trace);
        var path = new CriticalPath(trace);
        route.SlowMs = Math.Max(route.SlowMs, path.SlowMs());
        var modules = trace.Calls.Select(c => c.Module).Append(trace.Route.Module).Where(m => m != TracedRoute.Outside).Distinct();
        foreach (var module in modules) CountMove(route.MoveOf(module), trace, path, module);
    }

    private void CountMove(MoveTally move, CallTrace trace, CriticalPath path, string module)
    {
        // A request of the module's own routes goes there with everything; what it asks of others comes back.
        var moved = trace.Route.Module == module && trace.Route.IsMovable ? 1 : 0;
        var chain = path.Without(module, (roundTrips.Best?.P50Ms * 1000) ?? UsualRoundTripUs, contract => _payloads.TryGetValue(contract, out var p) ? p.CodecUs.Percentile(50) ?? 0 : 0);
        move.Calls.Add(moved + trace.Calls.Count(c => CriticalPath.Crosses(c, module)));
        move.Critical.Add(moved + chain.Calls);
        move.CodecUs.Add(chain.CodecUs);
    }

    private void CountPairs(CallTrace trace)
    {
        foreach (var calls in trace.Calls.GroupBy(c => (Caller: c.Parent!.Name, Contract: c.Name)))
        {
            if (!_pairs.TryGetValue(calls.Key, out var pair))
            {
                if (_pairs.Count >= MostPairs) continue;
                _pairs[calls.Key] = pair = new PairTally(calls.First().Parent!.Module, calls.First().Module);
            }

            var (count, end) = (0, 0L);
            foreach (var call in calls)
            {
                count++;
                if (call.Began < end) pair.Together++;
                end = Math.Max(end, call.Ended);
                if (call.IsInTransaction) pair.InTransaction++;
                if (call.IsElsewhere) pair.Elsewhere++;
                pair.Took.Add(clock.GetElapsedTime(call.Began, call.Ended));
            }

            pair.Calls += count;
            pair.PerRequest.Add(count);
            if (count >= Repeat) pair.Repeated++;
        }

        foreach (var calls in trace.Calls.Where(c => c.Parent!.Module != c.Module).GroupBy(c => (From: c.Parent!.Module, To: c.Module)))
        {
            if (!_lines.TryGetValue(calls.Key, out var line)) _lines[calls.Key] = line = new ValueWindow();
            line.Add(calls.Count());
        }

        foreach (var call in trace.Calls)
            if (LoopOf(call) is { } loop && (_loops.Count < MostLoops || _loops.ContainsKey(loop))) _loops[loop] = _loops.GetValueOrDefault(loop) + 1;
    }

    /// <summary>Whether a module is asked by one that it has asked itself: the way round, such as <c>a → b → a</c>.</summary>
    private static string? LoopOf(TracedCall call)
    {
        if (call.Parent is not { Descriptor: not null } caller || caller.Module == call.Module) return null;
        var way = new List<string> { call.Module };
        for (var outer = caller; outer is not null; outer = outer.Parent)
        {
            if (outer.Module != way[^1]) way.Add(outer.Module);
            if (outer.Module == call.Module) return string.Join(" → ", way.AsEnumerable().Reverse());
        }

        return null;
    }
}

/// <summary>What has been added up; only within <see cref="TraceTally.Read"/>.</summary>
internal sealed record TallyView(
    IReadOnlyDictionary<string, RouteTally> Routes, IReadOnlyDictionary<(string Caller, string Contract), PairTally> Pairs, IReadOnlyDictionary<string, PayloadTally> Payloads,
    IReadOnlyDictionary<string, long> Loops, IReadOnlyDictionary<(string From, string To), ValueWindow> Lines);
