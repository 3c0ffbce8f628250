using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Consistency;

/// <summary>
/// On which server a request finds its module's rows, from its beginning to its end. Orders, and work that no session asked for, are
/// always on the primary. A request within another one of the same scope stays where that one is.
/// </summary>
internal sealed class RequestRoute(Cluster cluster, ModuleDbContext database, CallContext call, ConsistencyLevel level, bool isQuestion, TimeSpan? left)
{
    /// <summary>The code of a write that may be lost.</summary>
    public const string Unconfirmed = "quorum-unknown";

    /// <summary>How long a copy may take, where the call has no end of its own; otherwise half of what is left, so that the primary has the rest.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private bool _isWithin;

    /// <summary>The copy that answers; null for the primary.</summary>
    public async ValueTask<ClusterServer?> Begin(CancellationToken ct)
    {
        if (_isWithin = database.Route is not null) return null;
        (database.Route, database.Answered, database.IsUnconfirmed) = (this, null, false);
        Move(isQuestion ? ConsistencyLevel.Quorum : level);
        return isQuestion && call.Session is { } session ? await cluster.Choose(level, session.Position, left, ct) : null;
    }

    /// <summary>
    /// Asks a copy, in a scope of its own: one that hangs is left behind with it. Its commands are never cancelled, because Npgsql then
    /// asks the server to agree, and waits for it on the thread.
    /// </summary>
    /// <exception cref="TimeoutException">It took too long; what it asked goes on by itself until it ends.</exception>
    public Task<T> On<T>(ClusterServer copy, Func<IServiceProvider, Task<T>> ask, IServiceProvider services, CancellationToken ct)
    {
        var asking = Ask(copy, ask, services);
        return asking.IsCompleted ? asking : asking.WaitAsync(left / 2 is { } half && half < _patience ? half > TimeSpan.Zero ? half : TimeSpan.Zero : _patience, ct);
    }

    /// <summary>The copy could not answer, and the primary is asked.</summary>
    public void ReadAgain() => cluster.ReadAgain();

    /// <summary>Notes who has answered, and after an order how far the session is now. An error where a majority may not have what was ordered.</summary>
    public async Task<Error?> End(bool isDone, CancellationToken ct)
    {
        if (_isWithin) return null;
        try
        {
            if (database.Answered is not { } server) return null;
            var isDoubtful = !isQuestion && isDone && database.IsUnconfirmed && level != ConsistencyLevel.One;
            Note(server, isDoubtful);
            if (isQuestion || !isDone) return null;
            if (call.Session is { } session) session.Wrote(await Position(ct));
            return isDoubtful
                ? Error.Unavailable(Unconfirmed, "It is written on one server, and no other has confirmed it in time: it may be there, or be lost with that server. Read it again, and repeat it where it is missing.")
                : null;
        }
        finally
        {
            Move(ConsistencyLevel.Quorum);
            database.Route = null;
        }
    }

    private async Task<T> Ask<T>(ClusterServer copy, Func<IServiceProvider, Task<T>> ask, IServiceProvider services)
    {
        copy.Enter();
        try
        {
            await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CallContext>().CopyFrom(call, call.Deadline);
            var own = scope.ServiceProvider.GetRequiredKeyedService<ModuleDbContext>(database.Module);
            (own.Route, own.Copy) = (this, copy);
            own.Database.SetDbConnection(copy.Source.CreateConnection(), contextOwnsConnection: true);
            var answer = await ask(scope.ServiceProvider);
            if (own.Answered is { } server) Note(server, isDoubtful: false);
            return answer;
        }
        finally
        {
            copy.Leave();
        }
    }

    private void Note(string server, bool isDoubtful)
    {
        var isLess = isDoubtful || (!isQuestion && level != ConsistencyLevel.One && cluster.QuorumFault is not null);
        ConsistencyLevel? asked = isLess ? level : null;
        cluster.Named(server)?.Count(level);
        call.Session?.Answered(asked is null ? level : ConsistencyLevel.One, server, asked);
    }

    private void Move(ConsistencyLevel to)
    {
        var connection = cluster.ConnectionTo(to);
        // Within a transaction that somebody has begun beforehand there is no choice.
        if ((database.Connection ?? cluster.Options!.Primary) == connection || database.Database.CurrentTransaction is not null) return;
        database.Database.SetDbConnection(new NpgsqlConnection(connection), contextOwnsConnection: true);
        database.Connection = connection;
    }

    private async Task<ulong> Position(CancellationToken ct)
    {
        try
        {
            await database.Database.OpenConnectionAsync(ct);
            try
            {
                await using var command = new NpgsqlCommand("SELECT pg_current_wal_flush_lsn()", (NpgsqlConnection)database.Database.GetDbConnection());
                return (ulong)(NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(ct))!;
            }
            finally
            {
                await database.Database.CloseConnectionAsync();
            }
        }
        catch (Exception failure) when (failure is DbException or OperationCanceledException or TimeoutException or InvalidOperationException)
        {
            // It is done, and how far that was is not known: only the primary has it for sure.
            return ulong.MaxValue;
        }
    }
}
