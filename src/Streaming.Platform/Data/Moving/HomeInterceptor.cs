using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Streaming.Platform.Data.Moving;

/// <summary>Leads each connection of a module's contexts to where its rows are at that moment; while that changes, it waits.</summary>
internal sealed class HomeInterceptor(DataHomes homes, DataOptions data, string module) : DbConnectionInterceptor
{
    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is ModuleDbContext { IsDirect: false } context) Lead(connection, context, context.IsReading ? homes.Of(module) : await homes.Enter(module, cancellationToken));
        return result;
    }

    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        if (eventData.Context is ModuleDbContext { IsDirect: false } context) Lead(connection, context, homes.Of(module));
        return result;
    }

    private void Lead(DbConnection connection, ModuleDbContext context, string? home)
    {
        if (context.Home == home) return;
        connection.ConnectionString = home ?? data.Postgres!;
        context.Home = home;
    }
}
