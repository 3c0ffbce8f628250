using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Catalog.Ingests;

namespace Streaming.Catalog.Uploads;

/// <summary>Throws away uploads that nobody goes on with.</summary>
internal sealed partial class UploadExpiry(IngestRows rows, UploadFiles files, IngestSignal signal, TimeProvider clock, ILogger<UploadExpiry> log)
    : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Pass(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                PassFailed(log, failure);
            }

            await Task.Delay(_every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task Pass(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var upload in await rows.With(db => db.Uploads.AsNoTracking().Where(u => u.ExpiresAt < now).ToListAsync(ct)))
        {
            using var hold = files.TryHold(upload.Id);
            if (hold is null) continue;
            await rows.With(async db =>
            {
                await db.Uploads.Where(u => u.Id == upload.Id).ExecuteDeleteAsync(ct);
                await db.Ingests.Where(i => i.Id == upload.Id && i.State == IngestState.Receiving).ExecuteDeleteAsync(ct);
            });
            if (upload.IsComplete) files.Forget(upload.Id);
            else files.Delete(upload.Id);
            signal.Changed();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Looking for uploads that nobody goes on with failed; trying again")]
    private static partial void PassFailed(ILogger logger, Exception failure);
}
