using System.Diagnostics.Metrics;
using Streaming.Kernel;

namespace Streaming.Platform.Consistency;

/// <summary>The servers as the meter <c>streaming.data</c>: read when somebody asks, and free until then.</summary>
internal sealed class ClusterTelemetry
{
    private static readonly ConsistencyLevel[] _levels = [ConsistencyLevel.One, ConsistencyLevel.LocalQuorum, ConsistencyLevel.Quorum];

    public ClusterTelemetry(IMeterFactory meters, Cluster cluster)
    {
        if (cluster.IsOne) return;
        var meter = meters.Create("streaming.data");
        meter.CreateObservableCounter("streaming.data.reads", () => cluster.Servers.SelectMany(Reads), "{request}", "Requests by the server that answered and the level that was asked");
        meter.CreateObservableGauge("streaming.data.replica.lag", () => cluster.Servers.Where(s => s.Lag is not null).Select(s => Of(s, s.Lag!.Value.TotalSeconds)), "s", "How far a standby is behind");
        meter.CreateObservableGauge("streaming.data.replica.readable", () => cluster.Servers.Where(s => s != cluster.Primary).Select(s => Of(s, s.IsReadable ? 1 : 0)), null, "1 where a standby may be read");
        meter.CreateObservableCounter("streaming.data.reads.waited", () => cluster.Waits, "{read}", "Reads for which no near copy was far enough at once");
        meter.CreateObservableCounter("streaming.data.reads.to_primary", () => cluster.ToPrimary, "{read}", "Reads that went to the primary although a copy would have done");
        meter.CreateObservableCounter("streaming.data.reads.repeated", () => cluster.Again, "{read}", "Reads that a copy could not answer, made again on the primary");
        meter.CreateObservableGauge("streaming.data.quorum", () => cluster.QuorumFault is null && cluster.Primary is { Sight.IsPrimary: true } ? 1 : 0, null, "1 where writes at quorum are that");
        meter.CreateObservableGauge("streaming.data.primaries", () => cluster.Servers.Count(s => s.Sight is { IsPrimary: true }), "{server}", "Servers that take writes: must be 1");
    }

    private static IEnumerable<Measurement<long>> Reads(ClusterServer server) =>
        _levels.Select(level => new Measurement<long>(server.Read(level), new("level", level.Text()), new("server", server.Name)));

    private static Measurement<double> Of(ClusterServer server, double value) => new(value, new KeyValuePair<string, object?>("server", server.Name));
}
