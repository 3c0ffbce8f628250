using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using Streaming.Platform.Data;

namespace Streaming.Platform.Consistency;

/// <summary>Notes which server a context has really come to, and hears what that one has to say beside its answers.</summary>
internal sealed class ServerNote(Cluster cluster) : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Note(connection, eventData);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Note(connection, eventData);
        return Task.CompletedTask;
    }

    private void Note(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (eventData.Context is not ModuleDbContext database || connection is not NpgsqlConnection opened) return;
        database.Answered = cluster.NameOf(opened.Host, opened.Port);
        opened.Notice -= database.Hear;
        opened.Notice += database.Hear;
    }
}
