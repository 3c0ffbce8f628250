using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Streaming.Kernel;
using Streaming.Platform.Data.Moving;

namespace Streaming.Platform.Data;

/// <summary>What a database or a disk cannot do through no fault of the caller, as an answer: nothing was kept, and it may be tried again.</summary>
public static class StorageFault
{
    internal const string Full = "storage-full";
    internal const string Busy = "storage-busy";
    internal const string Gone = "storage-unavailable";
    internal const string Moving = "storage-moving";

    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteFull = 13;

    // Of Linux; .NET hands them on as HResult. Files that are kept beside the rows fill the same disk.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    /// <summary>The database itself cannot be reached, or is left alone because it could not.</summary>
    internal static bool IsGone(Exception failure) =>
        IsLost(failure) || failure is BrokenCircuitException or TimeoutRejectedException || failure.InnerException is { } inner && IsGone(inner);

    /// <summary>A connection broke under way, or was ended with its server; another one may do.</summary>
    internal static bool IsLost(Exception failure) => failure switch
    {
        // A full disk, or two who wait for one another, is the answer of a server that is there; Npgsql calls them transient too.
        PostgresException { SqlState: PostgresErrorCodes.DiskFull or Fence.SqlState } => false,
        PostgresException answered when IsContention(answered) => false,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        // It was the primary when we last looked.
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        // None of several servers is the primary; Npgsql does not call that transient.
        NpgsqlException { InnerException: null or AggregateException } and not PostgresException => true,
        NpgsqlException { IsTransient: true } => true,
        _ => failure.InnerException is { } inner && IsLost(inner),
    };

    /// <summary>The answer that an exception calls for; null where it is a fault of another kind.</summary>
    public static Error? Of(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SqliteException { SqliteErrorCode: SqliteFull } or DbException { SqlState: PostgresErrorCodes.DiskFull }
                or IOException { HResult: NoSpaceLeft or QuotaExceeded })
                return Error.Unavailable(Full, "The disk is full, and nothing was changed. Free some space, then try again.") with { IsSettled = true };
            // SQLite has waited for the lock as long as it may; of two who wait for one another PostgreSQL ends one at once.
            if (cause is SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked } || cause is PostgresException answered && IsContention(answered))
                return Error.Unavailable(Busy, "Somebody else is writing, and nothing was changed. Try again in a few seconds.") with { IsSettled = cause is SqliteException };
            if (cause is PostgresException { SqlState: Fence.SqlState })
                return Error.Unavailable(Moving, "These rows are being moved to another database, and nothing was changed. Try again in a second.");
            if (IsRefused(cause))
                return Error.Unavailable(Error.LeftAlone, "The database did not answer, and is left alone for a moment. Try again in a few seconds.");
            if (IsGone(cause))
                return Error.Unavailable(Gone, "The database does not answer at the moment. Try again in a few seconds.");
        }

        return null;
    }

    private static bool IsRefused(Exception failure) => failure is BrokenCircuitException || failure.InnerException is { } inner && IsRefused(inner);

    private static bool IsContention(PostgresException answered) =>
        answered.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable;
}
