using System.Net;
using System.Text.Json;
using Streaming.Benchmarks.Contracts;
using Streaming.Benchmarks.Running;
using Streaming.Benchmarks.Serving;
using Streaming.Host.Rehearsing;

namespace Streaming.Benchmarks.Extraction;

/// <summary>What it costs that a module runs in a process of its own: a call, the edge, and processor time, each against the same in one process.</summary>
internal sealed class ExtractionBench : IBench
{
    private const string Modules = "users,catalog,playback,recommendations,experiments,edges";
    private const int Rounds = 5;
    private const int PerSecond = 100;
    private const int RequestsAModule = 500;
    private const int AtOnce = 4;
    private static readonly TimeSpan _phase = TimeSpan.FromSeconds(10);
    private static readonly string[] _paths = ["/", "/api/catalog/titles?limit=20", "/api/recommendations/home", "/api/playback/continue-watching", "/api/users/profiles"];

    public string Name => "extraction";

    public string About => "modules in a process of their own, against the same in one process";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var folder = scratch["data"];
        await Seed.Run(folder, null, cancellationToken);
        Step.Say($"{Seed.Titles} titles are there");
        return
        [
            .. await new ContractsBench().Run(cancellationToken),
            .. await WireStage.Run(folder, cancellationToken),
            .. await Edge(folder, cancellationToken),
            .. await Cores(folder, cancellationToken),
        ];
    }

    /// <summary>The same load from a thousand addresses in each mode, in turns.</summary>
    private static async Task<IReadOnlyList<Row>> Edge(string folder, CancellationToken ct)
    {
        await using var pair = await Pair.Start(folder, Modules, ct);
        var modes = new (string Mode, decimal Percent)[] { ("in-process", 0), ("shadow", 0), ("canary", 5), ("canary", 50), ("remote", 0) };
        var took = modes.ToDictionary(m => m, _ => (P50: new List<double>(), P99: new List<double>()));
        foreach (var mode in modes) await Measure(pair, mode, ct); // warm
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var mode in modes)
            {
                var report = await Measure(pair, mode, ct);
                took[mode].P50.Add(report.P50Ms);
                took[mode].P99.Add(report.P99Ms);
            }

            Step.Say($"edge, round {round} of {Rounds}: {string.Join(", ", modes.Select(m => $"{m.Mode} {m.Percent} p99 {took[m].P99[^1]:0.0} ms"))}");
        }

        var here = took[modes[0]];
        List<Row> rows = [];
        foreach (var mode in modes.Skip(1))
        {
            var (p50, p99) = took[mode];
            var name = mode.Mode == "canary" ? $"canary {mode.Percent} %" : mode.Mode;
            rows.Add(Row.Plain($"edge, all modules {name}, {PerSecond}/s, p50, ms, peer is in-process", Median(p50), Median(here.P50)));
            rows.Add(Row.RatioAtMost($"edge, all modules {name}, {PerSecond}/s, p99, ms, peer is in-process", Median(p99), Median(here.P99), mode.Mode == "shadow" ? 1.05 : 2));
        }

        return rows;
    }

    private static async Task<LoadReport> Measure(Pair pair, (string Mode, decimal Percent) mode, CancellationToken ct)
    {
        foreach (var module in Modules.Split(',')) await pair.Turn(module, mode.Mode, mode.Percent, ct);
        await using var load = new RehearsalLoad(pair.Host.Url, PerSecond);
        load.Begin();
        await Task.Delay(_phase, ct);
        if (load.Report is { Failed: > 0 } report) throw new InvalidOperationException($"{report.Failed} of {report.Requests} requests failed in {mode}.");
        return load.Report;
    }

    /// <summary>Processor time of all processes for the same requests, with one module elsewhere after another: as Service Weaver's paper counts what a split costs.</summary>
    private static async Task<IReadOnlyList<Row>> Cores(string folder, CancellationToken ct)
    {
        await using var pair = await Pair.Start(folder, Modules, ct);
        using var client = await pair.Host.SignedIn(ct);
        using var profiles = await client.GetAsync("/api/users/profiles", ct);
        var profile = JsonSerializer.Deserialize<JsonElement>(await profiles.Content.ReadAsStringAsync(ct)).GetProperty("items")[0].GetProperty("id").GetString();
        client.DefaultRequestHeaders.Add("Streaming-Profile", profile);
        string[] split = [.. Modules.Split(','), Modules];
        var cores = new[] { "" }.Concat(split).ToDictionary(m => m, _ => new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var modules in cores.Keys)
            {
                foreach (var module in Modules.Split(',')) await pair.Turn(module, modules.Split(',').Contains(module) ? "remote" : "in-process", 0, ct);
                if (round == 0) await Ask(client, RequestsAModule, ct);
                var before = pair.ProcessorSeconds;
                await Ask(client, RequestsAModule, ct);
                if (round > 0) cores[modules].Add((pair.ProcessorSeconds - before) / RequestsAModule * 1000);
            }

            Step.Say($"cores, round {round} of {Rounds}");
        }

        return [.. split.Select(modules => Row.Plain($"cores for 1,000 requests/s, {(modules == Modules ? "all modules" : modules)} elsewhere, peer is one process", Median(cores[modules]), Median(cores[""])))];
    }

    private static async Task Ask(HttpClient client, int requests, CancellationToken ct)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < requests;)
            {
                using var answer = await client.GetAsync(_paths[i % _paths.Length], ct);
                await answer.Expect(HttpStatusCode.OK, ct);
                await answer.Content.CopyToAsync(Stream.Null, ct);
            }
        }));
    }

    private static double Median(IEnumerable<double> values) => Samples.Percentile(values, 50);
}
