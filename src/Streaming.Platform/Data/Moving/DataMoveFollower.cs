using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Streaming.Platform.Dial.Decisions;

namespace Streaming.Platform.Data.Moving;

/// <summary>Keeps this process to where modules' rows are: twice a second, and twenty times while that changes; and says how far it is.</summary>
internal sealed partial class DataMoveFollower(IServiceScopeFactory scopes, DataMoves moves, DataHomes homes, DataOptions data, ProcessNote note, TimeProvider clock, ILogger<DataMoveFollower> log) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(50);

    private long _told;

    /// <summary>Looks, so that the next connection leads to where the rows are.</summary>
    public async Task Look(CancellationToken ct)
    {
        if (data.Postgres is null) return;
        try
        {
            var rows = await moves.Rows(ct);
            if (rows.Count > 0) homes.Follow(rows.Max(m => m.Epoch), [.. rows.Where(m => m.Phase != MovePhase.Aborted).Select(m => (m.Module, m.Phase, moves.Open(m)))]);
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidCatalogName)
        {
            // Before the first migration nothing has been moved.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (data.Postgres is null) return;
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await Look(stoppingToken);
                if (homes.Epoch != _told) await Tell(stoppingToken);
                failures = 0;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (failures++ % 20 == 0) NotFollowed(log, failure.Message);
            }

            try
            {
                await Task.Delay(homes.IsBrief ? _often : _beat, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task Tell(CancellationToken ct)
    {
        var (id, epoch) = (note.Id, homes.Epoch);
        await using var scope = scopes.CreateAsyncScope();
        var told = await scope.ServiceProvider.GetRequiredService<DialDbContext>().Processes.Where(p => p.Id == id).ExecuteUpdateAsync(set => set.SetProperty(p => p.DataEpoch, epoch), ct);
        if (told > 0) _told = epoch;
    }

    [LoggerMessage(1, LogLevel.Warning, "Where modules' rows are cannot be looked for at the moment, so everything stays as it is: {Reason}")]
    private static partial void NotFollowed(ILogger logger, string reason);
}
