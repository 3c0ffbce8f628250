using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Media;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>Puts what has been encoded where it stays: first the file, durably, then its row. Without the row it does not exist.</summary>
internal sealed class SegmentCommitter(
    IngestRows rows, IObjectStore store, IngestSignal signal, RunningIngest running, Asset asset, ProbedSource source, IReadOnlyList<Rung> ladder,
    Func<EncodedSegment, Task> committed) : ISegmentSink
{
    private readonly Dictionary<string, Guid> _renditions = [];

    public Task StartedAsync(int processId, DateTimeOffset startedAt, CancellationToken ct) => rows.Started(running.Id, processId, startedAt);

    public async Task InitAsync(RenditionInit init, CancellationToken ct)
    {
        await store.Commit(MediaKeys.Init(asset.Id, asset.Revision, init.Rendition), init.Path, ct);
        await rows.With(async db =>
        {
            var known = db.Renditions.Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision && r.Name == init.Rendition);
            if (await known.AnyAsync(ct)) return;
            db.Renditions.Add(init.Track.IsVideo ? Video(init) : Audio(init));
            await db.SaveChangesAsync(ct);
        });
    }

    public async Task SegmentAsync(EncodedSegment segment, CancellationToken ct)
    {
        await store.Commit(MediaKeys.Segment(asset.Id, asset.Revision, segment.Rendition, segment.Number), segment.Path, ct);
        var end = TimeSpan.FromSeconds((double)(segment.StartTicks + segment.DurationTicks) / segment.Timescale);
        await rows.With(async db =>
        {
            if (!_renditions.TryGetValue(segment.Rendition, out var rendition))
                _renditions[segment.Rendition] = rendition = await db.Renditions
                    .Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision && r.Name == segment.Rendition).Select(r => r.Id).SingleAsync(ct);
            db.Segments.Add(new Segment
            {
                RenditionId = rendition,
                Number = segment.Number,
                Start = segment.StartTicks,
                Duration = segment.DurationTicks,
                SizeBytes = segment.SizeBytes,
                KeyframeSizeBytes = segment.KeyframeOffset + segment.KeyframeLength,
            });
            await rows.Encoded(db, running.Id, running.ProgressAt(end));
            await db.SaveChangesAsync(ct);
        });
        signal.Changed();
        await committed(segment);
    }

    private Rendition Video(RenditionInit init) => new()
    {
        Id = Guid.CreateVersion7(),
        AssetId = asset.Id,
        Revision = asset.Revision,
        Name = init.Rendition,
        Kind = Rendition.Video,
        Codec = init.Track.Codec,
        Timescale = (int)init.Track.Timescale,
        Order = ladder.TakeWhile(r => r.Name != init.Rendition).Count(),
        Width = init.Track.Width,
        Height = init.Track.Height,
        FrameRate = source.Video.FrameRate.Value,
    };

    private Rendition Audio(RenditionInit init)
    {
        var index = Enumerable.Range(0, source.Audio.Count).First(i => EncodePlan.AudioName(i) == init.Rendition);
        var track = source.Audio[index];
        return new Rendition
        {
            Id = Guid.CreateVersion7(),
            AssetId = asset.Id,
            Revision = asset.Revision,
            Name = init.Rendition,
            Kind = Rendition.Audio,
            Codec = init.Track.Codec,
            Timescale = (int)init.Track.Timescale,
            Order = index,
            Language = TrackNames.Language(track.Language),
            Label = TrackNames.Labels([.. source.Audio.Select(a => (a.Language, a.Title))], "Audio")[index],
            Default = index == Math.Max(0, source.Audio.ToList().FindIndex(a => a.IsDefault)),
            Channels = init.Track.Channels,
            SampleRate = init.Track.SampleRate,
        };
    }
}
