using NpgsqlTypes;
using Streaming.Kernel;

namespace Streaming.Platform.Consistency;

/// <summary>How the servers of the database fare and which level each request has, for people who run the host.</summary>
public sealed class ConsistencyBoard
{
    private readonly Cluster _cluster;
    private readonly ConsistencyLevels _levels;

    internal ConsistencyBoard(Cluster cluster, ConsistencyLevels levels) => (_cluster, _levels) = (cluster, levels);

    /// <summary>As it is now.</summary>
    public ConsistencyReport Read() => new(
        _cluster.Options?.Zone,
        [.. _cluster.Servers.Select(Of)],
        _cluster.IsOne ? null : new QuorumReport(
            _cluster.Primary is not null && _cluster.QuorumFault is null, _cluster.QuorumFault, _cluster.Primary?.Sight?.StandbyNames, _cluster.Primary?.Sight?.Commit),
        new ReadReport(_cluster.Waits, _cluster.WaitedInVain, _cluster.ToPrimary, _cluster.Again),
        _levels.All);

    /// <summary>What is not as it should be, in a sentence; null where all is well or where there is one server.</summary>
    public string? Fault()
    {
        if (_cluster.IsOne) return null;
        if (_cluster.Pretenders.Count > 0)
            return $"beside {_cluster.Primary!.Name} also {string.Join(", ", _cluster.Pretenders.Select(p => p.Name))} takes writes; stop it and rewind it";
        if (_cluster.Primary?.Sight is not { IsPrimary: true }) return "no PostgreSQL server is the primary: nothing can be written until one is promoted";
        if (_cluster.QuorumFault is { } fault) return fault;
        var unread = _cluster.Servers.Where(s => s != _cluster.Primary && !s.IsReadable).Select(s => $"{s.Name} is {Why(s)}").ToList();
        return unread.Count > 0 ? $"read in its place is the primary: {string.Join("; ", unread)}" : null;
    }

    private ServerReport Of(ClusterServer server) => new(
        server.Name,
        server.Zone,
        server.Host,
        server.IsNear,
        server.Sight is not { } sight ? "unreachable" : !sight.IsPrimary ? "standby" : server == _cluster.Primary ? "primary" : "pretender",
        server.IsReadable,
        server.Sight is { } seen ? new NpgsqlLogSequenceNumber(seen.Position).ToString() : null,
        server.Timeline,
        server.Lag?.TotalSeconds,
        server.Reading,
        new ReadsByLevel(server.Read(ConsistencyLevel.One), server.Read(ConsistencyLevel.LocalQuorum), server.Read(ConsistencyLevel.Quorum)));

    private string Why(ClusterServer server) => server.Sight is null ? "not answering"
        : server.Timeline is null ? "not telling whom it follows (is it replicating, and may our role see it: GRANT pg_read_all_stats?)"
        : server.Timeline != _cluster.Primary?.Timeline ? $"on timeline {server.Timeline} and not on the primary's; let it follow the primary"
        : $"behind by {server.Lag?.TotalSeconds:0} s";
}

/// <summary>The servers of the database and what is asked of them. Counts are since the start of this process.</summary>
/// <param name="Zone">The zone of this process; absent where all servers are equally near.</param>
/// <param name="Servers">Empty where there is one server, or SQLite.</param>
/// <param name="Quorum">Whether a write at quorum is one; absent where there is one server.</param>
/// <param name="Reads">How reads of copies went.</param>
/// <param name="Requests">The level of every request.</param>
public sealed record ConsistencyReport(string? Zone, IReadOnlyList<ServerReport> Servers, QuorumReport? Quorum, ReadReport Reads, IReadOnlyList<RequestLevel> Requests);

/// <summary>One server.</summary>
/// <param name="Name">As the headers name it.</param>
/// <param name="Zone">Absent where it has none.</param>
/// <param name="Host">Its address.</param>
/// <param name="Near">Whether it is in this process's zone.</param>
/// <param name="Role">primary, standby, unreachable, or pretender: takes writes although another one is the primary.</param>
/// <param name="Readable">Whether it may be read in place of the primary.</param>
/// <param name="Position">What a primary has on its disk, or a standby has replayed.</param>
/// <param name="Timeline">The history that it follows.</param>
/// <param name="LagSeconds">How far a standby is behind.</param>
/// <param name="Reading">Reads under way.</param>
/// <param name="Answered">Requests that it answered, by level; the primary's orders among them.</param>
public sealed record ServerReport(
    string Name, string? Zone, string Host, bool Near, string Role, bool Readable, string? Position, int? Timeline, double? LagSeconds, int Reading, ReadsByLevel Answered);

/// <summary>Requests by level.</summary>
public sealed record ReadsByLevel(long One, long LocalQuorum, long Quorum);

/// <summary>What the primary waits for.</summary>
/// <param name="Met">Whether a commit waits for a majority.</param>
/// <param name="Fault">Why it does not, and what to do.</param>
/// <param name="SynchronousStandbyNames">As set in the primary.</param>
/// <param name="SynchronousCommit">The primary's own default; ours is said with every connection.</param>
public sealed record QuorumReport(bool Met, string? Fault, string? SynchronousStandbyNames, string? SynchronousCommit);

/// <summary>How reads of copies went.</summary>
/// <param name="Waited">Reads for which no near copy was far enough at once.</param>
/// <param name="WaitedInVain">Of these, those for which none was within the bound.</param>
/// <param name="ToPrimary">Reads that went to the primary although a copy would have done.</param>
/// <param name="Repeated">Reads that a copy began and could not answer, made again on the primary.</param>
public sealed record ReadReport(long Waited, long WaitedInVain, long ToPrimary, long Repeated);
