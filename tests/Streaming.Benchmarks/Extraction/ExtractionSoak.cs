using System.Diagnostics;
using System.Globalization;
using Streaming.Benchmarks.Running;
using Streaming.Benchmarks.Serving;

namespace Streaming.Benchmarks.Extraction;

/// <summary>
/// Modules that move out and home again five times under load, and instances that are killed and stopped in the middle: what viewers feel of it,
/// and whether anything acknowledged is lost.
/// </summary>
internal static class ExtractionSoak
{
    public const string Name = "extraction";

    private const string Modules = "catalog,recommendations";
    private const int Times = 5;
    private const int Seeds = 3;
    private const int PerSecond = 500;
    private static readonly decimal[] _shares = [1, 5, 25, 50, 100];

    // Until every process follows, one or the other may answer.
    private static readonly TimeSpan _followed = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    public static async Task<int> Run(string[] arguments, CancellationToken ct)
    {
        var (seconds, perSecond, json) = (8, PerSecond, (string?)null);
        for (var i = 1; i < arguments.Length; i += 2)
            switch (arguments[i])
            {
                case "--json" when i + 1 < arguments.Length: json = arguments[i + 1]; break;
                case "--seconds" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds >= 3: break;
                case "--per-second" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out perSecond) && perSecond >= 10: break;
                default:
                    await Console.Error.WriteLineAsync($"usage: build/soak {Name} [--seconds N] [--per-second N] [--json FILE]\n  N seconds a step, from 3; {PerSecond} requests a second");
                    return 2;
            }

        using var scratch = new Scratch();
        await Seed.Run(scratch["data"], null, ct);
        List<Row> rows = [.. await Moves(scratch["data"], TimeSpan.FromSeconds(seconds), perSecond, ct)];
        foreach (var (fault, homeWithin) in new[] { ("killed", 2.0), ("stopped (SIGSTOP)", 5.0) })
            for (var seed = 1; seed <= Seeds; seed++) rows.AddRange(await Fault(scratch["data"], fault, homeWithin, seed, perSecond, ct));
        Report.Print("modules that move under load", $"build/soak {Name}", rows);
        if (json is not null) await Report.Write(json, rows, ct);
        return rows.All(r => r.Holds is not false) ? 0 : 1;
    }

    private static async Task<IReadOnlyList<Row>> Moves(string folder, TimeSpan step, int perSecond, CancellationToken ct)
    {
        await using var pair = await Pair.Start(folder, Modules, ct);
        using var client = await pair.Host.SignedIn(ct);
        await Warm(pair, perSecond, ct);
        await using var publisher = new Publisher(client);
        var (all, notMade, flips) = (new List<Asked>(), 0L, 0);
        for (var time = 1; time <= Times; time++)
        {
            await using var callers = new Callers(pair.Host.Url, perSecond);
            var turns = new List<TimeSpan>();
            foreach (var share in _shares)
            {
                turns.Add(callers.Now);
                await Turn(pair, "canary", share, ct);
                await Task.Delay(step, ct);
            }

            var home = callers.Now;
            await Turn(pair, "in-process", 0, ct);
            await Task.Delay(step, ct);
            var asked = callers.All;
            flips += Flips(asked, turns, home);
            all.AddRange(asked);
            notMade += callers.NotMade;
            Step.Say($"out and home {time} of {Times}: {asked.Count} requests, {asked.Count(a => a.Failed is not null)} failed, {asked.Count(a => a.By is not null)} served there");
        }

        var (lost, twice) = await publisher.Missing(folder, ct);
        Tell(all);
        return
        [
            Row.AtLeast($"out and home {Times} times at {perSecond}/s: requests", all.Count, 0.8 * perSecond * step.TotalSeconds * (_shares.Length + 1) * Times, ""),
            Row.Plain("requests not made, because the load program stood still", notMade), Row.AtLeast("requests served there", all.Count(a => a.By is not null), 1, ""),
            Row.AtMost("requests failed", all.Count(a => a.Failed is not null), 0, ""), Row.AtMost("callers who went back to the host while the share grew", flips, 0, ""),
            Row.AtLeast("titles acknowledged", publisher.Made, 1, ""), Row.AtMost("titles refused", publisher.Failed, 0, ""), Row.AtMost("titles lost", lost, 0, ""), Row.AtMost("titles made twice", twice, 0, ""),
            Row.Plain("p99, ms", Samples.Percentile(all.Select(a => a.Milliseconds), 99)),
        ];
    }

    private static async Task<IReadOnlyList<Row>> Fault(string folder, string fault, double homeWithin, int seed, int perSecond, CancellationToken ct)
    {
        await using var pair = await Pair.Start(folder, Modules, ct);
        using var client = await pair.Host.SignedIn(ct);
        await Warm(pair, perSecond, ct);
        await using var publisher = new Publisher(client);
        await using var callers = new Callers(pair.Host.Url, perSecond);
        await Turn(pair, "canary", 25, ct);
        await Task.Delay(TimeSpan.FromSeconds(3 + (3 * new Random(seed).NextDouble())), ct);
        var (at, began) = (callers.Now, Stopwatch.GetTimestamp());
        await pair.Signal(fault == "killed" ? "-KILL" : "-STOP", ct);
        while (await pair.ModeOf("catalog", ct) != "in-process" && Stopwatch.GetElapsedTime(began) < _patience) await Task.Delay(20, ct);
        var home = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(10), ct);
        var asked = callers.All;
        var (lost, twice) = await publisher.Missing(folder, ct);
        Tell(asked);
        double P99(Func<Asked, bool> of) => asked.Where(of).ToArray() is { Length: > 0 } some ? Samples.Percentile(some.Select(a => a.Milliseconds), 99) : double.NaN;
        Step.Say($"instance {fault}, seed {seed}: {asked.Count} requests, home after {home:0.00} s");
        return
        [
            Row.AtMost($"instance {fault} at 25 %, seed {seed}: requests failed of {asked.Count}", asked.Count(a => a.Failed is not null), 0, ""),
            Row.AtMost($"instance {fault} at 25 %, seed {seed}: home after, s", home, homeWithin, "s"),
            Row.AtMost($"instance {fault} at 25 %, seed {seed}: titles lost, or made twice, of {publisher.Made}", lost + twice, 0, ""),
            Row.Plain($"instance {fault} at 25 %, seed {seed}: p99 over the next 10 s, ms, peer is before", P99(a => a.At >= at && a.At < at + TimeSpan.FromSeconds(10)), P99(a => a.At < at)),
        ];
    }

    /// <summary>Callers who were served by the host again after the instance had served them, while the share only grew.</summary>
    private static int Flips(IReadOnlyList<Asked> asked, List<TimeSpan> turns, TimeSpan home) => asked
        .Where(a => a.At < home && a.Failed is null && !turns.Exists(t => a.At >= t - TimeSpan.FromMilliseconds(200) && a.At < t + _followed))
        .GroupBy(a => a.Who).Sum(of => of.OrderBy(a => a.At).SkipWhile(a => a.By is null).Count(a => a.By is null));

    private static async Task Turn(Pair pair, string mode, decimal percent, CancellationToken ct)
    {
        foreach (var module in Modules.Split(',')) await pair.Turn(module, mode, percent, ct);
    }

    /// <summary>Both processes compile what they run; nothing of that counts.</summary>
    private static async Task Warm(Pair pair, int perSecond, CancellationToken ct)
    {
        foreach (var (mode, share) in new[] { ("in-process", 8), ("shadow", 8), ("canary", 4), ("in-process", 2) })
        {
            await Turn(pair, mode, 50, ct);
            await using var callers = new Callers(pair.Host.Url, perSecond / share);
            await Task.Delay(TimeSpan.FromSeconds(5), ct);
        }
    }

    private static void Tell(IEnumerable<Asked> asked)
    {
        foreach (var kind in asked.Where(a => a.Failed is not null).GroupBy(a => a.Failed).OrderByDescending(g => g.Count()).Take(5)) Step.Say($"  failed: {kind.Count()} × {kind.Key}");
    }
}
