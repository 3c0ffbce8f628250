using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Streaming.ModuleTests.Catalog.Titles;

/// <summary>Counts the commands that are sent to the database.</summary>
internal sealed class SqlCounter : DbCommandInterceptor
{
    private int _commands;

    /// <summary>Done before a command is sent, for tests that have to be somewhere in between.</summary>
    public Func<DbCommand, Task>? Before { get; set; }

    public async Task<int> Count(Func<Task> use)
    {
        var before = _commands;
        await use();
        return _commands - before;
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _commands);
        if (Before is { } before) await before(command);
        return result;
    }
}
