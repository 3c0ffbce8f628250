using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Media;
using Streaming.Kernel;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>Encodes what a revision does not have yet, from its last committed segment on, and sees to what can go wrong.</summary>
internal sealed class IngestEncode(
    IngestRows rows, IngestSource sources, IngestTitles titles, SegmentEncoder encoder, IObjectStore store, IngestSignal signal,
    IOptions<IngestOptions> options)
{
    /// <summary>The lowest rung and all sound. False where it stopped; the row says why.</summary>
    public async Task<bool> Base(RunningIngest running, Asset asset, ProbedSource source, CancellationToken ct)
    {
        var ladder = Ladder.For(source.Video);
        var plan = await rows.With(db => EncodePlan.Of(db, asset, source, ladder, ct));
        running.Plan(source.Video.Duration, 0, plan.BaseShare);

        var (pictures, silent, shown) = (0, source.Audio.Count, false);
        var encoded = await Encode(running, asset, source, ladder, plan.Missing([plan.Base]), plan.MissingAudio, async segment =>
        {
            // One that may turn out to be cut off is shown when its base is whole, or not at all.
            if (shown || !source.ReachesEnd) return;
            if (segment.Rendition == plan.Base.Name) pictures++;
            else if (segment.Number == 0) silent--;
            // A player can start on this; waiting for the whole of a long film would be minutes.
            if (!(shown = pictures >= Titles.Playability.EnoughSegments && silent <= 0)) return;
            await titles.BecamePlayable(running.Id, asset.Id);
        }, ct);
        if (!encoded) return false;

        string[] names = [plan.Base.Name, .. source.Audio.Select((_, i) => EncodePlan.AudioName(i))];
        await rows.With(db => db.Renditions.Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision && names.Contains(r.Name))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Complete, true), ct));
        return true;
    }

    /// <summary>The rungs above, but those that were dropped. False where it stopped; the row says why.</summary>
    public async Task<bool> Upper(RunningIngest running, Asset asset, ProbedSource source, IReadOnlyList<string> rungs, CancellationToken ct)
    {
        var ladder = Ladder.For(source.Video);
        var plan = await rows.With(db => EncodePlan.Of(db, asset, source, ladder, ct));
        running.Plan(source.Video.Duration, plan.BaseShare, 0.98);
        return await Encode(running, asset, source, ladder, plan.Missing(plan.Upper.Where(r => rungs.Contains(r.Name))), [], _ => Task.CompletedTask, ct);
    }

    /// <summary>Without the module's name, which the ingest's failures need not carry.</summary>
    public static string Code(Error error) => error.Code[(error.Code.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private async Task<bool> Encode(
        RunningIngest running, Asset asset, ProbedSource source, IReadOnlyList<Rung> ladder, IReadOnlyList<VideoTarget> video,
        IReadOnlyList<AudioTarget> audio, Func<EncodedSegment, Task> committed, CancellationToken ct)
    {
        if (video.Count == 0 && audio.Count == 0) return true;

        var committer = new SegmentCommitter(rows, store, signal, running, asset, source, ladder, committed);
        try
        {
            var result = await encoder.EncodeAsync(new EncodeJob(source, sources.WorkOf(running.Id), video, audio), committer, Report, ct);
            if (result.Error is not { } error) return true;
            ct.ThrowIfCancellationRequested();
            await Stop(running.Id, error);
            return false;
        }
        finally
        {
            sources.DeleteWork(running.Id);
        }

        void Report(EncodeProgress now)
        {
            running.Report(now);
            signal.Changed();
        }
    }

    private Task Stop(Guid id, Error error) => rows.Change(id, (ingest, now) =>
    {
        // Below the reserve whatever else is said has the same cause.
        if (error.Code == MediaErrors.DiskFull || store.FreeBytes < options.Value.ReserveBytes)
            ingest.Pause(Ingest.DiskLow, IngestWorker.DiskLowText, now);
        else if (error.Code == MediaErrors.TruncatedSource)
            ingest.Fail(
                Ingest.TruncatedSource, error.Message, retryable: false, now,
                double.Parse(error.Details!["encodedSeconds"], System.Globalization.CultureInfo.InvariantCulture));
        else ingest.Fail(Code(error), error.Message, retryable: true, now);
    }, db => titles.Withdraw(db, id));
}
