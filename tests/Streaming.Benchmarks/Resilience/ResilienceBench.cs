using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Polly;
using Polly.CircuitBreaker;
using Streaming.Platform.Resilience;

namespace Streaming.Benchmarks.Resilience;

/// <summary>What a policy costs a call that goes well, and one that is refused, beside Polly's own pipeline of the same strategies.</summary>
internal sealed class ResilienceBench : IBench
{
    private const int Batches = 400;
    private const int Calls = 2_000;

    public string Name => "resilience";

    public string About => "a call under a policy, against Polly alone with the same strategies";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        var dependency = new Dependency("bench", "it", new ResiliencePolicy(), TimeProvider.System, (_, _) => { });
        var polly = new ResiliencePipelineBuilder<string>()
            .AddFallback(new() { FallbackAction = static _ => Outcome.FromResultAsValueTask("") })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<string> { MinimumThroughput = 20, FailureRatio = 0.5, SamplingDuration = TimeSpan.FromSeconds(10) })
            .AddTimeout(TimeSpan.FromSeconds(1))
            .Build();
        async Task Ours() => await AnswerOr(dependency, cancellationToken);
        async Task Theirs() => await polly.ExecuteAsync(static (_, _) => ValueTask.FromResult("answer"), 0, cancellationToken);
        var (ours, peer) = await Samples.InTurns(Ours, Theirs, Batches, Calls);
        var allocated = await Allocated(Ours);
        var (metered, allocatedMetered) = await Metered(cancellationToken);
        var allocatedByPeer = await Allocated(Theirs);

        var refusing = new Dependency("bench", "it", new ResiliencePolicy { BreakerSleepMs = 600_000 }, TimeProvider.System, (_, _) => { });
        for (var i = 0; i < 20; i++) await refusing.Try(static (_, _) => ValueTask.FromException<string>(new InvalidOperationException()), 0, cancellationToken);
        async Task Refused() => await AnswerOr(refusing, cancellationToken);
        var (refused, _) = await Samples.InTurns(Refused, Ours, Batches, Calls);

        var hedging = new Dependency("bench", "it", new ResiliencePolicy { Hedge = 95 }, TimeProvider.System, (_, _) => { });
        var pollyHedging = new ResiliencePipelineBuilder<string>()
            .AddHedging(new() { MaxHedgedAttempts = 1, Delay = TimeSpan.FromSeconds(1) })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<string> { MinimumThroughput = 20, FailureRatio = 0.5, SamplingDuration = TimeSpan.FromSeconds(10) })
            .AddTimeout(TimeSpan.FromSeconds(1))
            .Build();
        async Task Question() => await hedging.Try(Answer, this, isQuestion: true, cancellationToken);
        async Task TheirQuestion() => await pollyHedging.ExecuteAsync(static (_, _) => ValueTask.FromResult("answer"), 0, cancellationToken);
        var (question, theirQuestion) = await Samples.InTurns(Question, TheirQuestion, Batches, Calls);
        var (byQuestion, byTheirs) = (await Allocated(Question), await Allocated(TheirQuestion));

        return
        [
            Row.AtMost("a call that goes well, median, ns", ours, 1000, "ns") with { Peer = peer, Ratio = ours / peer },
            Row.AtMost("allocated by a call that goes well, bytes", allocated, 0, "bytes") with { Peer = allocatedByPeer },
            Row.AtMost("the same, with a collector of metrics that wants its duration, median, ns", metered, 1000, "ns"),
            Row.AtMost("allocated by that, bytes", allocatedMetered, 0, "bytes"),
            Row.AtMost("circuit open: to the fallback's answer, median, ns", refused, 1000, "ns"),
            Row.Plain("a question that may be hedged and is not, median, ns (peer: Polly's hedging)", question, theirQuestion),
            Row.Plain("allocated by it, bytes", byQuestion, byTheirs),
        ];
    }

    private static async Task<(double Nanoseconds, double Bytes)> Metered(CancellationToken cancellationToken)
    {
        using var meter = new Meter("streaming.bench");
        using var collector = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddReader(new BaseExportingMetricReader(new Nowhere())).Build();
        var dependency = new Dependency("bench", "it", new ResiliencePolicy(), TimeProvider.System, (_, _) => { }) { Measured = meter.CreateHistogram<double>("bench.duration") };
        var bench = new ResilienceBench();
        async Task Call() => await bench.AnswerOr(dependency, cancellationToken);
        var (took, _) = await Samples.InTurns(Call, static () => Task.CompletedTask, Batches, Calls);
        return (took, await Allocated(Call));
    }

    /// <summary>As whoever calls with a fallback does it.</summary>
    private async ValueTask<string> AnswerOr(Dependency dependency, CancellationToken cancellationToken)
    {
        var outcome = await dependency.Try(Answer, this, cancellationToken);
        if (outcome.Exception is null) return outcome.Result!;
        dependency.FellBack();
        return await Answer(this, cancellationToken);
    }

    private sealed class Nowhere : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }

    private static readonly Func<ResilienceBench, CancellationToken, ValueTask<string>> Answer = static (_, _) => ValueTask.FromResult("answer");

    /// <summary>The least of many runs: what compilation allocates now and then is not the call's.</summary>
    private static async Task<double> Allocated(Func<Task> call)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 50; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) await call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least / 100d;
    }
}
