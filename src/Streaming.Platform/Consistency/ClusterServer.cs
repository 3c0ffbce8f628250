using Npgsql;
using Streaming.Kernel;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Consistency;

/// <summary>What a server said of itself.</summary>
/// <param name="IsPrimary">Whether it takes writes.</param>
/// <param name="Position">What a primary has on its disk, or a standby has replayed: a position in the write-ahead log.</param>
/// <param name="Timeline">Whose history it follows; null where it does not say.</param>
/// <param name="StandbyNames">Its <c>synchronous_standby_names</c>.</param>
/// <param name="Commit">Its own default of <c>synchronous_commit</c>.</param>
/// <param name="Fsync">Its <c>fsync</c>.</param>
internal sealed record ServerSight(bool IsPrimary, ulong Position, int? Timeline, string StandbyNames, string Commit, bool Fsync);

/// <summary>One server of the cluster, as <see cref="ClusterWatch"/> last saw it, and a way to read from it.</summary>
internal sealed class ClusterServer(ServerOptions options, ClusterOptions cluster, Dependency reads, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan _hurry = TimeSpan.FromMilliseconds(4);

    private readonly long[] _read = new long[4];
    private TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerSight? _sight;
    private int? _timeline;
    private int _reading;
    private int _waiting;

    public string Name => options.Name;

    public string? Zone => options.Zone;

    public string Host => options.Host;

    public (string Host, int Port) Endpoint { get; } = cluster.EndpointOf(options);

    /// <summary>To it as the primary, whatever others say.</summary>
    public string Primary { get; } = cluster.ToPrimary(options);

    /// <summary>To it alone and for itself.</summary>
    public string Connection { get; } = cluster.ToServer(options, isPooled: false);

    public bool IsNear { get; } = cluster.Zone is null || options.Zone == cluster.Zone;

    /// <summary>Its circuit, for reads: one that fails is left alone.</summary>
    public Dependency Reads { get; } = reads;

    /// <summary>Connections for reading, whatever the server is.</summary>
    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(cluster.ToServer(options));

    /// <summary>What it said last; null while it does not answer.</summary>
    public ServerSight? Sight => Volatile.Read(ref _sight);

    /// <summary>Behind the primary, as far as can be seen; null where it cannot.</summary>
    public TimeSpan? Lag { get; set; }

    /// <summary>Whether it may be read in place of the primary at all.</summary>
    public bool IsReadable { get; set; }

    public int Reading => Volatile.Read(ref _reading);

    /// <summary>The history it last said it follows: a standby whose primary is gone still has that one's.</summary>
    public int? Timeline => _timeline;

    public bool Has(ulong position) => Sight is { } sight && sight.Position >= position;

    public long Read(ConsistencyLevel level) => Volatile.Read(ref _read[(int)level]);

    public void Count(ConsistencyLevel level) => Interlocked.Increment(ref _read[(int)level]);

    public void Enter() => Interlocked.Increment(ref _reading);

    public void Leave() => Interlocked.Decrement(ref _reading);

    /// <summary>Waits until it has replayed so far; false where it has not within the bound, or cannot be read any more.</summary>
    public async Task<bool> Reaches(ulong position, TimeSpan bound, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        Interlocked.Increment(ref _waiting);
        try
        {
            while (!Has(position))
            {
                var left = bound - clock.GetElapsedTime(began);
                if (!IsReadable || left <= TimeSpan.Zero) return false;
                var looked = Volatile.Read(ref _looked).Task;
                Volatile.Read(ref _wanted).TrySetResult();
                await Task.WhenAny(looked, Task.Delay(left, clock, ct));
                ct.ThrowIfCancellationRequested();
            }

            return IsReadable;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Saw(ServerSight? sight)
    {
        if (sight?.Timeline is { } timeline) _timeline = timeline;
        Volatile.Write(ref _sight, sight);
    }

    /// <summary>Tells those who wait that there is something new.</summary>
    public void Looked() => Interlocked.Exchange(ref _looked, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Until the next look is due: at once where somebody waits for one.</summary>
    public async Task Due(TimeSpan pace, CancellationToken stop)
    {
        if (Volatile.Read(ref _waiting) > 0 && Sight is not null)
        {
            await Task.Delay(_hurry, clock, stop);
            return;
        }

        await Task.WhenAny(Volatile.Read(ref _wanted).Task, Task.Delay(pace, clock, stop));
        Interlocked.Exchange(ref _wanted, new(TaskCreationOptions.RunContinuationsAsynchronously));
        stop.ThrowIfCancellationRequested();
    }

    public void Dispose() => Source.Dispose();
}
