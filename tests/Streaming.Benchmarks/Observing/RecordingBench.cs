using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Gateway;
using Streaming.Host.Operations.Live;

namespace Streaming.Benchmarks.Observing;

/// <summary>What the Operations page costs a request: its share in the measurement that the server makes of every request anyway.</summary>
internal sealed class RecordingBench : IBench
{
    private const int Batches = 400;
    private const int Calls = 2_000;

    private static readonly KeyValuePair<string, object?>[] _tags =
    [
        new("url.scheme", "http"), new("http.request.method", "GET"), new("network.protocol.version", "1.1"), new("http.response.status_code", 200),
        new("http.route", "/api/catalog/titles/{id:guid}"), new(RequestTags.Class, "browse"),
    ];

    public string Name => "recording";

    public string About => "what the Operations page costs a request";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var measured = meters.Create("bench").CreateHistogram<double>("http.server.request.duration");
        var bare = meters.Create("bench").CreateHistogram<double>("bench.duration");
        Task Without()
        {
            bare.Record(0.0012, _tags);
            return Task.CompletedTask;
        }

        using var records = new RequestRecords(meters);
        Task With()
        {
            measured.Record(0.0012, _tags);
            return Task.CompletedTask;
        }

        var (recorded, alone) = await Samples.InTurns(With, Without, Batches, Calls);
        return
        [
            new Row("a request that is recorded, median, ns, peer is nobody listening", recorded, alone, null, "≤ 500 ns", recorded <= 500),
            Row.AtMost("allocated by it, bytes", Allocated(With), 0, "bytes"),
        ];
    }

    private static double Allocated(Func<Task> call)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 50; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) _ = call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least / 100d;
    }
}
