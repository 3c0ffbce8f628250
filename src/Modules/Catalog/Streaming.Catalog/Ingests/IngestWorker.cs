using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Catalog.Media;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>
/// Takes the next step of whichever file needs it most: first those that cannot be played yet. At most so many at a time as the
/// options say; a step that would take long gives way to a file without a picture, and goes on from its last segment later.
/// </summary>
internal sealed partial class IngestWorker(
    IngestRows rows, IngestActivity activity, IngestSlots slots, IngestBase toPlayable, IngestFull toReady, IngestTitles titles, IngestRemoval removal,
    IObjectStore store, IOptions<IngestOptions> options, TimeProvider clock, ILogger<IngestWorker> log)
{
    private static readonly TimeSpan _watch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _worthGivingWay = TimeSpan.FromSeconds(60);

    private TimeSpan Lease => TimeSpan.FromSeconds(options.Value.LeaseSeconds);

    /// <summary>Works until nothing is left to be begun. Any number of these may be called at any time.</summary>
    public async Task Work(CancellationToken cancellationToken)
    {
        do
        {
            await removal.RemoveAll(cancellationToken);
            if (!slots.TryEnter())
            {
                await GiveWay(cancellationToken);
                return;
            }

            try
            {
                while (await Next(cancellationToken))
                {
                }
            }
            finally
            {
                slots.Leave();
            }
        }
        // Whoever found all slots taken a moment ago relies on this second look.
        while (slots.HasRoom && (await Waiting(cancellationToken)).Count > 0);
    }

    private async Task<bool> Next(CancellationToken ct)
    {
        foreach (var (id, isBase) in await Waiting(ct))
        {
            if (activity.TryBegin(id, isBase, ct) is not { } running) continue;
            try
            {
                if (!await rows.Claim(id, Lease)) continue;
                await Run(running, ct);
                return true;
            }
            finally
            {
                activity.End(running);
            }
        }

        return false;
    }

    private async Task<IReadOnlyList<(Guid Id, bool IsBase)>> Waiting(CancellationToken ct)
    {
        var (now, baseWork, fullWork) = (clock.GetUtcNow(), IngestStates.BaseWork.ToArray(), IngestStates.FullWork.ToArray());
        var free = await rows.With(async db =>
        {
            var all = db.Ingests.AsNoTracking().Where(i => !i.Waiting && (i.Owner == null || i.LeaseUntil < now));
            var first = await all.Where(i => baseWork.Contains(i.State)).OrderBy(i => i.Id).Select(i => i.Id).Take(20).ToListAsync(ct);
            var then = await all.Where(i => fullWork.Contains(i.State)).OrderBy(i => i.Id).Select(i => i.Id).Take(20).ToListAsync(ct);
            return first.Select(id => (id, true)).Concat(then.Select(id => (id, false))).ToList();
        });
        return [.. free.Where(f => activity.Find(f.id) is null)];
    }

    private async Task GiveWay(CancellationToken ct)
    {
        var longest = activity.Running.Where(r => !r.IsBase && r.Left > _worthGivingWay).MaxBy(r => r.Left);
        if (longest is null || activity.Running.Any(r => r.Why == Interruption.Preempted)) return;
        if ((await Waiting(ct)).Any(w => w.IsBase)) longest.Interrupt(Interruption.Preempted);
    }

    private async Task Run(RunningIngest running, CancellationToken ct)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = Watch(running, done.Token);
        try
        {
            Begins(log, running.Id, running.IsBase ? "up to the first picture" : "the rest");
            await (running.IsBase ? toPlayable.Run(running) : toReady.Run(running));
        }
        catch (OperationCanceledException) when (running.Stopping.IsCancellationRequested)
        {
            if (running.Why == Interruption.DiskLow) await Pause(running.Id);
        }
        catch (IngestTakenException)
        {
            // The row says what it is now.
        }
        catch (IOException full) when (FullDisk.Is(full) || store.FreeBytes < options.Value.ReserveBytes)
        {
            await Pause(running.Id);
        }
        catch (Exception failure)
        {
            Failed(log, failure, running.Id);
            await Stop(running.Id, (ingest, now) => ingest.Fail(
                "internal", "Something went wrong here and was logged. Retry; if it stays, tell an operator the id of the ingest.", retryable: true, now));
        }
        finally
        {
            await done.CancelAsync();
            await watch;
            await rows.Release(running.Id);
        }
    }

    private Task Pause(Guid id) => Stop(id, (ingest, now) => ingest.Pause(Ingest.DiskLow, DiskLowText, now));

    internal const string DiskLowText = "The disk is nearly full. Free some space; the work then goes on by itself where it stopped.";

    private async Task Stop(Guid id, Action<Ingest, DateTimeOffset> change)
    {
        try
        {
            await rows.Change(id, change, db => titles.Withdraw(db, id));
        }
        catch (IngestTakenException)
        {
            // Somebody has decided otherwise meanwhile.
        }
    }

    private async Task Watch(RunningIngest running, CancellationToken ct)
    {
        try
        {
            for (var renewed = clock.GetTimestamp(); ;)
            {
                await Task.Delay(_watch, clock, ct);
                if (store.FreeBytes < options.Value.ReserveBytes) running.Interrupt(Interruption.DiskLow);
                if (clock.GetElapsedTime(renewed) < Lease / 3) continue;
                renewed = clock.GetTimestamp();
                if (!await rows.Renew(running.Id, Lease)) running.Interrupt(Interruption.Taken);
            }
        }
        catch (OperationCanceledException)
        {
            // The step has ended.
        }
        catch (Exception failure)
        {
            // Without a lease another host may begin the same work: stop before that.
            Failed(log, failure, running.Id);
            running.Interrupt(Interruption.Taken);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Ingest {Id}: working on {Part}")]
    private static partial void Begins(ILogger logger, Guid id, string part);

    [LoggerMessage(2, LogLevel.Error, "Ingest {Id} failed for a reason that nobody thought of")]
    private static partial void Failed(ILogger logger, Exception failure, Guid id);
}

/// <summary>How many files may be worked on at a time.</summary>
internal sealed class IngestSlots(IOptions<IngestOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Value.Parallel);

    public bool HasRoom => _free.CurrentCount > 0;

    public bool TryEnter() => _free.Wait(0);

    public void Leave() => _free.Release();

    public void Dispose() => _free.Dispose();
}
