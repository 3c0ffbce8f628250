using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Data;

/// <summary>
/// How long SQLite waits while somebody else writes. It waits on the thread and heeds no token, so the wait itself has to end before
/// the call's deadline does.
/// </summary>
internal static class SqliteLock
{
    /// <summary>Where there is no deadline: no transaction here takes anything near it, and people do not wait longer.</summary>
    public const int LongestSeconds = 5;

    /// <summary>Gives the context's connection the whole seconds that the call has left; SQLite counts in them, and zero is for ever.</summary>
    public static TContext Bound<TContext>(TContext context, CallContext call, TimeProvider clock) where TContext : DbContext
    {
        if (call.Deadline is not { } deadline) return context;
        var left = clock.GetElapsedTime(clock.GetTimestamp(), deadline).TotalSeconds;
        ((SqliteConnection)context.Database.GetDbConnection()).DefaultTimeout = (int)Math.Clamp(left - 0.5, 1, LongestSeconds);
        return context;
    }
}
