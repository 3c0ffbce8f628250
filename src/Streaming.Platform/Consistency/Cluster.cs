using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Consistency;

/// <summary>The PostgreSQL servers of the installation, as they are now, and the choice among them. With one server, or SQLite, there is nothing in it.</summary>
internal sealed class Cluster : IDisposable
{
    /// <summary>A position this far beyond all that has been seen was written by nobody here, and is not waited for.</summary>
    private const ulong Slack = 16 << 20;

    /// <summary>Of the time that a call has left, waiting takes no more than this share.</summary>
    private const double Share = 0.25;

    private readonly TimeProvider _clock;
    private readonly LagWindow _written;
    private long _waits;
    private long _waitedInVain;
    private long _toPrimary;
    private int _latest;
    private long _again;

    public Cluster(DataOptions data, Dependencies dependencies, TimeProvider clock)
    {
        (Options, _clock, _written) = (data.Cluster, clock, new LagWindow(clock));
        Servers = Options is null ? [] :
        [
            .. Options.Servers.Select(s => new ClusterServer(
                s, Options, dependencies.Of(ResiliencePolicies.DatabaseReplica, $"postgres@{s.Name}", StorageFault.IsGone), clock)),
        ];
    }

    public ClusterOptions? Options { get; }

    public IReadOnlyList<ClusterServer> Servers { get; }

    /// <summary>Whether there is nothing to choose.</summary>
    public bool IsOne => Options is null;

    /// <summary>The primary as it was last seen; of two that say so the one of the later history. Null before any was seen.</summary>
    public ClusterServer? Primary { get; private set; }

    /// <summary>Servers that take writes although another one is the primary: they must be stopped.</summary>
    public IReadOnlyList<ClusterServer> Pretenders { get; private set; } = [];

    /// <summary>Why a write at quorum is less than one now; null where it is one, or where no primary can be seen.</summary>
    public string? QuorumFault { get; private set; }

    public long Waits => Volatile.Read(ref _waits);

    public long WaitedInVain => Volatile.Read(ref _waitedInVain);

    public long ToPrimary => Volatile.Read(ref _toPrimary);

    public long Again => Volatile.Read(ref _again);

    /// <summary>Counts a read that was begun on a copy and had to be made again on the primary.</summary>
    public void ReadAgain() => Interlocked.Increment(ref _again);

    public string NameOf(string? host, int port) => Servers.FirstOrDefault(s => s.Endpoint == (host, port))?.Name ?? "unknown";

    public ClusterServer? Named(string name) => Servers.FirstOrDefault(s => s.Name == name);

    /// <summary>Where to connect to for the primary. Npgsql finds it among all; only between two that say so we know better.</summary>
    public string ConnectionTo(ConsistencyLevel level) => level == ConsistencyLevel.One ? Options!.PrimaryAtOne
        : Pretenders.Count > 0 && Primary is { } primary ? primary.Primary
        : Options!.Primary;

    /// <summary>The copy that answers a question; null for the primary.</summary>
    /// <param name="level">What is asked for.</param>
    /// <param name="position">What the session has written.</param>
    /// <param name="left">The time that the call has left; null for any.</param>
    /// <param name="ct">Ends the wait.</param>
    public async ValueTask<ClusterServer?> Choose(ConsistencyLevel level, ulong position, TimeSpan? left, CancellationToken ct)
    {
        var chosen = level switch
        {
            ConsistencyLevel.One => Least(0, nearOnly: true) ?? Least(0, nearOnly: false),
            ConsistencyLevel.LocalQuorum => Least(position, nearOnly: true) ?? await Wait(position, left, ct),
            _ => null,
        };
        if (chosen is null && level != ConsistencyLevel.Quorum) Interlocked.Increment(ref _toPrimary);
        return chosen;
    }

    /// <summary>Takes in what a server said, or that it said nothing.</summary>
    public void Saw(ClusterServer server, ServerSight? sight)
    {
        server.Saw(sight);
        lock (_written)
        {
            var primaries = Servers.Where(s => s.Sight is { IsPrimary: true }).OrderByDescending(s => s.Timeline).ToList();
            _latest = Math.Max(_latest, primaries.FirstOrDefault()?.Timeline ?? 0);
            // One of an earlier history was the primary once, and must not be it again because the one that followed was not seen for a moment.
            var isLatest = primaries.Count > 0 && (primaries[0].Timeline ?? _latest) >= _latest;
            if (isLatest)
            {
                // What the one before had written last may be in nobody's history any more.
                if (primaries[0] != Primary) _written.Clear();
                Primary = primaries[0];
                if (server == Primary) _written.Add(sight!.Position);
                QuorumFault = QuorumCheck.Fault(Primary.Sight!.StandbyNames, Primary.Sight.Fsync, Servers.Count);
            }

            Pretenders = [.. primaries.Skip(isLatest ? 1 : 0)];
            foreach (var copy in Servers)
            {
                copy.Lag = copy.Sight is { IsPrimary: false } seen ? _written.LagOf(seen.Position) : null;
                copy.IsReadable = copy.Lag <= Options!.MaxLag && copy.Timeline is not null && copy.Timeline == Primary?.Timeline;
            }
        }

        server.Looked();
    }

    public void Dispose()
    {
        foreach (var server in Servers) server.Dispose();
    }

    private ClusterServer? Least(ulong position, bool nearOnly)
    {
        ClusterServer? least = null;
        // From another one each time, so that equals share.
        var first = (int)((uint)_clock.GetTimestamp() % (uint)Servers.Count);
        for (var i = 0; i < Servers.Count; i++)
        {
            var server = Servers[(first + i) % Servers.Count];
            if (!server.IsReadable || (nearOnly && !server.IsNear) || !server.Has(position)) continue;
            if (least is null || server.Reading < least.Reading) least = server;
        }

        return least;
    }

    private async ValueTask<ClusterServer?> Wait(ulong position, TimeSpan? left, CancellationToken ct)
    {
        var closest = Servers.Where(s => s.IsReadable && s.IsNear).MaxBy(s => s.Sight?.Position);
        if (closest is null || position > _written.Highest + Slack) return null;
        var bound = left * Share is { } share && share < Options!.Wait ? share : Options!.Wait;
        Interlocked.Increment(ref _waits);
        if (await closest.Reaches(position, bound, ct)) return closest;
        Interlocked.Increment(ref _waitedInVain);
        return null;
    }
}
