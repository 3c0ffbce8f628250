using Polly.CircuitBreaker;
using Streaming.Host.Gateway.Limits;
using Streaming.Host.Gateway.Shedding;
using Streaming.Platform.Caching;
using Streaming.Platform.Data;
using Streaming.Platform.Modules;
using Streaming.Platform.Observing;
using Streaming.Platform.Resilience;
using static Streaming.Host.Gateway.Traffic;

namespace Streaming.Host.Operations.Live;

/// <summary>What is drawn: the lines of the charts, each read off something that counts anyway.</summary>
internal sealed class LiveLines(
    Recorder recorder, RequestRecords requests, LoadShedder shedder, MediaGate media, RateLimits limits, Dependencies dependencies, IZoneCache cache,
    ModuleSet modules, DataOptions data, PoolRecords pool, JobPoll jobs, BacklogPoll backlog, IngestPoll ingests) : IHostedService
{
    private static readonly int[] _percents = [50, 95, 99];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        recorder.Add(Traffic().Concat(Resilience()).Concat(Cache()).Concat(Databases()).Concat(Work()).Concat(Process()));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Line> Traffic()
    {
        foreach (var of in requests.Classes) yield return Line.Rate($"requests.{of.Traffic}", () => of.All);
        yield return Line.Rate("requests", () => Sum(c => c.All));
        yield return Line.Rate("errors.server", () => Sum(c => c.ServerErrors));
        yield return Line.Rate("errors.client", () => Sum(c => c.ClientErrors));
        yield return Line.Rate("refused.shed", () => Sum(c => c.Shed));
        yield return Line.Rate("refused.limited", () => Sum(c => c.Limited));
        foreach (var limit in limits.All.Select(l => l.Limit.Name)) yield return Line.Rate($"limited.{limit}", () => requests.LimitedBy(limit));
        // Of media, uploads and streams the time says how fast the client's line is.
        RouteRecord[] ordinary = [requests.Of(Labels.Playback), requests.Of(Labels.Browse), requests.Of(Labels.Background)];
        foreach (var line in Percentiles("latency", counts =>
        {
            foreach (var of in ordinary) of.Took.AddTo(counts);
        })) yield return line;
        yield return Line.Gauge("inflight", () => shedder.InFlight);
        yield return Line.Gauge("inflight.limit", () => shedder.Limit);
        yield return Line.Gauge("inflight.media", () => media.UnderWay);
    }

    private IEnumerable<Line> Resilience()
    {
        yield return Line.Gauge("circuits.open", () => dependencies.All.Count(d => d.State != CircuitState.Closed));
        yield return Line.Rate("calls", () => Sum(dependencies.All, c => c.Succeeded + c.Failed + c.TimedOut));
        yield return Line.Rate("calls.failed", () => Sum(dependencies.All, c => c.Failed + c.TimedOut));
        yield return Line.Rate("calls.refused", () => Sum(dependencies.All, c => c.WereRefused));
        yield return Line.Rate("calls.retried", () => Sum(dependencies.All, c => c.Retried));
        yield return Line.Rate("calls.fellback", () => Sum(dependencies.All, c => c.FellBack));
    }

    private IEnumerable<Line> Cache()
    {
        yield return Line.Rate("cache.local", () => cache.Report().Local.Hits);
        yield return Line.Rate("cache.zone", () => cache.Report() is var r ? r.Hits - r.Local.Hits : 0);
        yield return Line.Rate("cache.source", () => cache.Report() is var r ? r.Reads - r.Hits : 0);
        foreach (var zone in cache.Report().Zones.Select(z => z.Name).Order(StringComparer.Ordinal))
        {
            yield return Line.Rate($"zone.{zone}.hits", () => Zone(zone)?.Hits ?? 0);
            yield return Line.Rate($"zone.{zone}.failed", () => Zone(zone)?.Failed ?? 0);
            yield return Line.Gauge($"zone.{zone}.queued", () => Zone(zone) is { } z ? z.Queued + z.Dirty : double.NaN);
            yield return Line.Gauge($"zone.{zone}.serving", () => Zone(zone)?.State == "serving" ? 1 : 0);
        }
    }

    private IEnumerable<Line> Databases()
    {
        yield return Line.Rate("db.calls", () => Sum(Database(null), c => c.Succeeded + c.Failed + c.TimedOut));
        yield return Line.Rate("db.failed", () => Sum(Database(null), c => c.Failed + c.TimedOut + c.WereRefused));
        foreach (var line in Percentiles("db", counts => AddTo(Database(null), counts))) yield return line;
        foreach (var module in modules.Modules.Select(m => m.Name))
        {
            yield return Line.Rate($"db.{module}.calls", () => Sum(Database(module), c => c.Succeeded + c.Failed + c.TimedOut));
            var took = recorder.Distribution(counts => AddTo(Database(module), counts));
            yield return Line.Percentile($"db.{module}.p99", took, 99);
        }

        if (data.Postgres is null) yield break;
        yield return Line.Gauge("db.pool.used", () =>
        {
            pool.Read();
            return pool.Used;
        });
        yield return Line.Gauge("db.pool.idle", () => pool.Idle);
        yield return Line.Gauge("db.pool.waiting", () => pool.Waiting);
    }

    private IEnumerable<Line> Work()
    {
        yield return Line.Gauge("jobs.queued", () => jobs.Last?.Queued ?? double.NaN);
        yield return Line.Gauge("jobs.running", () => jobs.Last?.Running ?? double.NaN);
        yield return Line.Gauge("jobs.failed", () => jobs.Last?.Failed ?? double.NaN);
        yield return Line.Gauge("events.waiting", () => backlog.Last?.Sum(b => b.Waiting + b.Retried) ?? double.NaN);
        yield return Line.Gauge("events.parked", () => backlog.Last?.Sum(b => b.Parked) ?? double.NaN);
        yield return Line.Gauge("ingests", () => ingests.Last?.Items.Count(i => Panels.IngestPanel.IsUnderWay(i.State)) ?? double.NaN);
    }

    private static IEnumerable<Line> Process()
    {
        yield return Line.Rate("cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds * 100 / Environment.ProcessorCount);
        yield return Line.Gauge("memory", () => Environment.WorkingSet);
        yield return Line.Gauge("memory.heap", () => GC.GetTotalMemory(false));
        yield return Line.Rate("gc.pause", () => GC.GetTotalPauseDuration().TotalMilliseconds);
        yield return Line.Gauge("threads", () => ThreadPool.ThreadCount);
        yield return Line.Gauge("threads.queue", () => ThreadPool.PendingWorkItemCount);
    }

    private IEnumerable<Line> Percentiles(string name, Action<uint[]> fill)
    {
        var took = recorder.Distribution(fill);
        return _percents.Select(p => Line.Percentile($"{name}.p{p}", took, p));
    }

    private double Sum(Func<RouteRecord, long> count) => requests.Classes.Sum(count);

    private static double Sum(IEnumerable<Dependency> of, Func<CallCounts, long> count) => of.Sum(d => count(d.Counts));

    private IEnumerable<Dependency> Database(string? module) => dependencies.All.Where(d =>
        d.Policy is ResiliencePolicies.DatabaseRead or ResiliencePolicies.DatabaseWrite && (module is null || d.Destination == module));

    private static void AddTo(IEnumerable<Dependency> of, uint[] counts)
    {
        foreach (var dependency in of) dependency.Durations.AddTo(counts);
    }

    private ZoneReport? Zone(string name) => cache.Report().Zones.FirstOrDefault(z => z.Name == name);
}
