using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Catalog.Media;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>
/// Sees to it that nothing is stuck: at start it clears up after a host that ended in the middle, and then it looks every few
/// seconds for leases that ran out and room on the disk.
/// </summary>
internal sealed partial class IngestWatch(
    IngestRows rows, IngestWaiting waiting, IngestSource sources, SourceFiles files, IObjectStore store, IngestSignal signal,
    IngestOwner self, IOptions<IngestOptions> options, TimeProvider clock, ILogger<IngestWatch> log) : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isClear = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isClear) await ClearUp(stoppingToken);
                isClear = true;
                await Pass(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                PassFailed(log, failure);
            }

            await Task.Delay(_every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Once, before this host works on anything. Other hosts may be at work in the same folders: what is there is read before the
    /// rows that say whether somebody needs it, and what is still to be worked on is left to whoever does.
    /// </summary>
    public async Task ClearUp(CancellationToken ct)
    {
        await ReleaseLost(ct);
        if (Directory.Exists(sources.WorkRoot))
        {
            string[] folders = [.. Directory.EnumerateDirectories(sources.WorkRoot)];
            IngestState[] work = [.. IngestStates.Work];
            var busy = await rows.With(db => db.Ingests.Where(i => i.Owner != null || work.Contains(i.State)).Select(i => i.Id).ToHashSetAsync(ct));
            foreach (var folder in folders.Where(f => !busy.Contains(IdOf(f)))) Directory.Delete(folder, recursive: true);
        }

        if (Directory.Exists(files.Folder))
        {
            string[] found = [.. Directory.EnumerateFiles(files.Folder)];
            var kept = await rows.With(db => db.Ingests.Where(i => i.State != IngestState.Ready && i.State != IngestState.Rejected).Select(i => i.Id).ToHashSetAsync(ct));
            foreach (var file in found.Where(f => !kept.Contains(IdOf(f)))) File.Delete(file);
        }
    }

    /// <summary>One look; tells whether there is work.</summary>
    public async Task<bool> Pass(CancellationToken ct)
    {
        await ReleaseLost(ct);
        await waiting.Wake();
        await ResumePaused(ct);
        IngestState[] work = [.. IngestStates.Work, IngestState.Deleting];
        var any = await rows.With(db => db.Ingests.AnyAsync(i => work.Contains(i.State) && !i.Waiting && i.Owner == null, ct));
        if (any) signal.Work();
        return any;
    }

    private async Task ReleaseLost(CancellationToken ct)
    {
        var owned = await rows.With(db => db.Ingests.AsNoTracking().Where(i => i.Owner != null && i.Owner != self.Name).ToListAsync(ct));
        foreach (var ingest in owned.Where(i => i.LeaseUntil < clock.GetUtcNow() || IngestOwner.IsGone(i.Owner!)))
        {
            if (ingest is { ProcessId: { } process, ProcessStartedAt: { } started } && IngestOwner.IsOfThisMachine(ingest.Owner!)
                && FfmpegProcess.EndOrphan(process, started)) OrphanEnded(log, process, ingest.Id);
            await rows.With(db => db.Ingests.Where(i => i.Id == ingest.Id && i.Owner == ingest.Owner).ExecuteUpdateAsync(set => set
                .SetProperty(i => i.Owner, (string?)null)
                .SetProperty(i => i.LeaseUntil, (DateTimeOffset?)null)
                .SetProperty(i => i.ProcessId, (int?)null)
                .SetProperty(i => i.ProcessStartedAt, (DateTimeOffset?)null), ct));
        }
    }

    private async Task ResumePaused(CancellationToken ct)
    {
        if (store.FreeBytes < options.Value.ReserveBytes + options.Value.ResumeBytes) return;
        var resumed = await rows.With(async db =>
        {
            foreach (var ingest in await db.Ingests.Where(i => i.State == IngestState.Paused).ToListAsync(ct)) ingest.Resume(clock.GetUtcNow());
            return await db.SaveChangesAsync(ct);
        });
        if (resumed > 0) signal.Work();
    }

    private static Guid IdOf(string path) => Guid.TryParseExact(Path.GetFileName(path).Split('-')[0], "N", out var id) ? id : Guid.Empty;

    [LoggerMessage(1, LogLevel.Warning, "Ended the encoder {Process} that an earlier host had left behind for ingest {Id}")]
    private static partial void OrphanEnded(ILogger logger, int process, Guid id);

    [LoggerMessage(2, LogLevel.Error, "Looking after ingests failed; trying again")]
    private static partial void PassFailed(ILogger logger, Exception failure);
}
