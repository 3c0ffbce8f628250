using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Streaming.Platform.Data;

namespace Streaming.Platform.Outbox;

/// <summary>
/// Claims a message for a handler inside the transaction at hand. Of two claims at once the second waits for the first to commit,
/// and then finds that it is too late.
/// </summary>
internal static class InboxClaim
{
    public static async Task<bool> TryClaim(this ModuleDbContext context, InboxEntry entry, CancellationToken cancellationToken)
    {
        var type = context.Model.FindEntityType(typeof(InboxEntry))!;
        var sql = context.GetService<ISqlGenerationHelper>();
        string Column(string property) => sql.DelimitIdentifier(type.FindProperty(property)!.GetColumnName());
        object At() => type.FindProperty(nameof(InboxEntry.At))!.GetTypeMapping().Converter?.ConvertToProvider(entry.At) ?? entry.At;

        var insert = $$"""
            INSERT INTO {{sql.DelimitIdentifier(type.GetTableName()!, type.GetSchema())}}
            ({{Column(nameof(InboxEntry.MessageId))}}, {{Column(nameof(InboxEntry.Handler))}}, {{Column(nameof(InboxEntry.At))}}, {{Column(nameof(InboxEntry.BodyHash))}})
            VALUES ({0}, {1}, {2}, {3}) ON CONFLICT DO NOTHING
            """;
        return await context.Database.ExecuteSqlRawAsync(insert, [entry.MessageId, entry.Handler, At(), entry.BodyHash], cancellationToken) == 1;
    }
}
