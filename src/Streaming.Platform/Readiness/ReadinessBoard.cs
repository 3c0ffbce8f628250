using Streaming.Platform.Data;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Modules;
using Streaming.Platform.Readiness.Rehearsals;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Readiness;

/// <summary>Makes the report of each module from what has been recorded and from what the code says.</summary>
public sealed class ReadinessBoard
{
    private readonly ModuleSet _modules;
    private readonly ReadinessSources _from;

    internal ReadinessBoard(ModuleSet modules, ReadinessSources from) => (_modules, _from) = (modules, from);

    /// <summary>Processor time of this process since its start, and the requests that it was asked meanwhile.</summary>
    public (TimeSpan Cpu, long Requests) Spent => (ProcessorCost.Cpu, _from.Recorder.Requests);

    /// <summary>All modules, in the order in which the host lists them.</summary>
    public async Task<IReadOnlyList<ReadinessReport>> All(CancellationToken ct)
    {
        var reports = new List<ReadinessReport>();
        foreach (var module in _modules.Modules) reports.Add(await Make(module.Name, ct));
        return reports;
    }

    /// <summary>One module; null where there is none of that name.</summary>
    public async Task<ReadinessReport?> Of(string module, CancellationToken ct) => _modules.Modules.Any(m => m.Name == module) ? await Make(module, ct) : null;

    private async Task<ReadinessReport> Make(string module, CancellationToken ct)
    {
        var rehearsed = await _from.Rehearsals.Latest(module, ct);
        var lag = await _from.Lags.Of(module, ct);
        var canvases = _from.Canvases.All;
        return _from.Tally.Read(seen =>
        {
            var roundTrip = _from.RoundTrips.Best;
            var pairs = ReadinessReading.Pairs(module, seen, _from.Recorder.Sites, _from.Manifest.Contracts);
            var contracts = ReadinessReading.Contracts(canvases[module], seen);
            return ReadinessRules.Judge(new ReadinessReport(
                module, "", "", _from.Clock.GetUtcNow(),
                new ReadinessSeen(_from.Tally.Since, seen.Routes.Values.Sum(r => r.Moves.GetValueOrDefault(module)?.Calls.Count ?? 0), contracts.Sum(c => c.Calls), _from.Recorder.Dropped),
                [], canvases[module], pairs, ReadinessReading.Routes(module, seen, roundTrip is null ? [] : _from.RoundTrips.TimesTo(roundTrip.To)), contracts, _from.RoundTrips.All,
                ReadinessReading.Measured(module, _from.Guard.Report(module), _from.Shadow.Report(module), rehearsed, contracts, roundTrip), _from.Shadow.Report(module),
                new RowUse(_from.Rows.LookedAt(module), _from.Rows.Foreign(module), _from.Rows.Shared(module), _from.Data.Postgres is not null), lag, _from.Cost.Report(),
                rehearsed is { } latest ? ReadinessReading.Split(latest.Name, latest.Kept) : null, Unfit(module), ReadinessReading.Graph([.. _modules.Modules.Select(m => m.Name)], canvases, seen)));
        });
    }

    private Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> Unfit(string module)
    {
        var own = _from.Canvases.All[module].Contracts.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return _from.Neighbours.All.Select(n => (n.Name, Unfit: n.Unfit.Where(u => own.Contains(u.Key)).ToDictionary(u => u.Key, u => u.Value, StringComparer.Ordinal)))
            .Where(n => n.Unfit.Count > 0).ToDictionary(n => n.Name, n => (IReadOnlyDictionary<string, IReadOnlyList<string>>)n.Unfit, StringComparer.Ordinal);
    }
}

/// <summary>What a report is made from.</summary>
internal sealed record ReadinessSources(
    CallRecorder Recorder, TraceTally Tally, RoundTrips RoundTrips, ModuleCanvases Canvases, DataWatch Rows, EventLags Lags, ProcessorCost Cost, RehearsalFiles Rehearsals, WireManifest Manifest,
    Neighbours Neighbours, DialGuard Guard, ShadowCalls Shadow, DataOptions Data, TimeProvider Clock);
