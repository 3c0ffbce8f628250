using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Streaming.Kernel;
using Streaming.Platform.Data;

namespace Streaming.Platform.Consistency;

/// <summary>
/// On which server a request finds its module's rows, from its beginning to its end. Orders, and work that no session asked for, are
/// always on the primary. A request within another one of the same scope stays where that one is.
/// </summary>
internal sealed class RequestRoute(Cluster cluster, ModuleDbContext database, DataSession? session, ConsistencyLevel level, bool isQuestion, TimeSpan? left)
{
    /// <summary>The code of a write that may be lost.</summary>
    public const string Unconfirmed = "quorum-unknown";

    private ClusterServer? _copy;
    private bool _isWithin;

    public bool IsOnCopy => _copy is not null;

    public async ValueTask Begin(CancellationToken ct)
    {
        if (database.Route is { } outer)
        {
            _isWithin = true;
            if (!isQuestion && outer.IsOnCopy) outer.Leave();
            return;
        }

        (database.Route, database.Answered, database.IsUnconfirmed) = (this, null, false);
        if (isQuestion && session is not null) _copy = await cluster.Choose(level, session.Position, left, ct);
        _copy?.Enter();
        Move(_copy);
    }

    /// <summary>The copy could not answer: what comes now goes to the primary.</summary>
    public void ReadAgain()
    {
        if (_copy is null) return;
        cluster.ReadAgain();
        Leave();
    }

    /// <summary>Notes who has answered, and after an order how far the session is now. An error where a majority may not have what was ordered.</summary>
    public async Task<Error?> End(bool isDone, CancellationToken ct)
    {
        if (_isWithin) return null;
        try
        {
            if (database.Answered is not { } server) return null;
            var asked = isQuestion || level == ConsistencyLevel.One || cluster.QuorumFault is null ? (ConsistencyLevel?)null : level;
            cluster.Named(server)?.Count(level);
            session?.Answered(asked is null ? level : ConsistencyLevel.One, server, asked);
            if (isQuestion || !isDone) return null;
            if (session is not null) session.Wrote(await Position(ct));
            return database.IsUnconfirmed && level != ConsistencyLevel.One
                ? Error.Unavailable(Unconfirmed, "It is written on one server, and no other has confirmed it in time: it may be there, or be lost with that server. Read it again, and repeat it where it is missing.")
                : null;
        }
        finally
        {
            if (_copy is not null) Leave();
            else Move(null, isOver: true);
            database.Route = null;
        }
    }

    private void Leave()
    {
        _copy!.Leave();
        _copy = null;
        Move(null);
    }

    private void Move(ClusterServer? copy, bool isOver = false)
    {
        object? wanted = copy;
        if (copy is null && cluster.ConnectionTo(isQuestion || isOver ? ConsistencyLevel.Quorum : level) is var connection && connection != cluster.Options!.Primary) wanted = connection;
        // Within a transaction that somebody has begun beforehand there is no choice.
        if (Equals(database.Server, wanted) || database.Database.CurrentTransaction is not null) return;
        // What was read elsewhere must not be taken for what is here.
        database.ChangeTracker.Clear();
        database.Database.SetDbConnection(
            wanted is ClusterServer server ? server.Source.CreateConnection() : new NpgsqlConnection(wanted as string ?? cluster.Options!.Primary), contextOwnsConnection: true);
        database.Server = wanted;
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
