using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Streaming.Catalog.Artwork;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Media;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Ingests;

/// <summary>Poster, subtitles and seek-bar pictures. A film without them is still a film: what fails here is logged and left out.</summary>
internal sealed partial class IngestExtras(
    IngestRows rows, IngestSource sources, Thumbnails thumbnails, Subtitles subtitles, ArtworkFiles artwork, TitleCache cache, IObjectStore store, IngestSignal signal,
    ILogger<IngestExtras> log)
{
    public Task PosterAndSubtitles(Ingest ingest, Asset asset, ProbedSource source, CancellationToken ct) => InFolder(ingest.Id, async folder =>
    {
        await Try(ingest.Id, "poster", () => Poster(ingest, source, folder, ct), ct);
        await Try(ingest.Id, "subtitles", () => Texts(asset, source, folder, ct), ct);
    });

    /// <summary>For a title whose video somebody else encodes or has encoded.</summary>
    public Task Poster(Ingest ingest, ProbedSource source, CancellationToken ct) =>
        InFolder(ingest.Id, folder => Try(ingest.Id, "poster", () => Poster(ingest, source, folder, ct), ct));

    public Task Thumbnails(Ingest ingest, Asset asset, ProbedSource source, CancellationToken ct) => asset.HasThumbnails
        ? Task.CompletedTask
        : InFolder(ingest.Id, folder => Try(ingest.Id, "thumbnails", () => Sprites(asset, source, folder, ct), ct));

    /// <summary>A folder of its own: the encoder empties its folders and the end of the encode removes them.</summary>
    private async Task InFolder(Guid id, Func<string, Task> make)
    {
        var folder = Directory.CreateDirectory($"{sources.WorkOf(id)}-extras").FullName;
        try
        {
            await make(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<Error?> Poster(Ingest ingest, ProbedSource source, string folder, CancellationToken ct)
    {
        var title = await rows.With(db => db.Titles.AsNoTracking().SingleOrDefaultAsync(t => t.Id == ingest.TitleId, ct));
        if (title is null or { Poster: not null }) return null;
        if (await rows.With(db => db.TitleMetadata.AnyAsync(m => m.TitleId == title.Id && m.Version == title.Version && m.Artwork != null, ct))) return null;
        if (!(await thumbnails.PosterAsync(source, Path.Combine(folder, "poster.jpg"), ct)).TryGet(out var path, out var error)) return error;
        if (!(await artwork.Keep(title.Id, path, FfmpegProcess.Idle, ct)).TryGet(out var hash, out error)) return error;
        // Not by loading it: whoever edits the title at this moment is not to be disturbed.
        await rows.With(db => db.Titles.Where(t => t.Id == title.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.Poster, hash), ct));
        await cache.Forget([title.Id, title.SeriesId ?? title.Id]);
        return null;
    }

    private async Task<Error?> Texts(Asset asset, ProbedSource source, string folder, CancellationToken ct)
    {
        if (await rows.With(db => db.TextTracks.AnyAsync(t => t.AssetId == asset.Id && t.Revision == asset.Revision, ct))) return null;
        if (!(await subtitles.ExtractAsync(source, folder, ct)).TryGet(out var set, out var error)) return error;

        var labels = TrackNames.Labels([.. set.Written.Select(w => (w.Track.Language, w.Track.Title))], "Subtitles");
        var tracks = new List<TextTrack>();
        foreach (var (track, path) in set.Written)
        {
            var name = $"s{tracks.Count}";
            await store.Commit(MediaKeys.Subtitles(asset.Id, asset.Revision, name), path, ct);
            tracks.Add(new TextTrack
            {
                AssetId = asset.Id,
                Revision = asset.Revision,
                Name = name,
                Language = TrackNames.Language(track.Language),
                Label = labels[tracks.Count],
                Forced = track.IsForced,
            });
        }

        await rows.With(async db =>
        {
            db.TextTracks.AddRange(tracks);
            await db.SaveChangesAsync(ct);
        });
        return null;
    }

    private async Task<Error?> Sprites(Asset asset, ProbedSource source, string folder, CancellationToken ct)
    {
        var lowest = await rows.With(db => db.Renditions.AsNoTracking()
            .Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision && r.Kind == Rendition.Video).OrderBy(r => r.Order).FirstAsync(ct));
        var count = await rows.With(db => db.Segments.CountAsync(s => s.RenditionId == lowest.Id, ct));
        var rendition = new StoredRendition(store, asset, lowest, count);
        if (!(await thumbnails.SpritesAsync(rendition, source.Video.FrameRate, source.Video.Duration, folder, ct)).TryGet(out var sheets, out var error)) return error;

        var cues = await File.ReadAllTextAsync(sheets.VttPath, ct);
        for (var i = 0; i < sheets.Sheets.Count; i++)
        {
            cues = cues.Replace(Path.GetFileName(sheets.Sheets[i]), $"{i}.jpg", StringComparison.Ordinal);
            await store.Commit(MediaKeys.Sprite(asset.Id, asset.Revision, i), sheets.Sheets[i], ct);
        }

        await File.WriteAllTextAsync(sheets.VttPath, cues, ct);
        await store.Commit(MediaKeys.Thumbnails(asset.Id, asset.Revision), sheets.VttPath, ct);
        await rows.With(db => db.Assets.Where(a => a.Id == asset.Id && a.Revision == asset.Revision)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.HasThumbnails, true), ct));
        return null;
    }

    private async Task Try(Guid id, string what, Func<Task<Error?>> make, CancellationToken ct)
    {
        try
        {
            if (await make() is { } error) LeftOut(log, id, what, error.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The encode beside it ends the same way, and tells.
        }
        catch (Exception failure)
        {
            LeftOut(log, id, what, failure.Message);
        }

        signal.Changed();
    }

    [LoggerMessage(1, LogLevel.Warning, "Ingest {Id}: no {What}: {Reason}")]
    private static partial void LeftOut(ILogger logger, Guid id, string what, string reason);
}

/// <summary>A committed rendition, read out of the object store.</summary>
internal sealed record StoredRendition(IObjectStore Store, Asset Asset, Rendition Row, int Count) : RenditionFiles("", [], Row.Width, Row.Height)
{
    public override async Task CopyToAsync(Stream target, CancellationToken ct)
    {
        var segments = Enumerable.Range(0, Count).Select(n => MediaKeys.Segment(Asset.Id, Asset.Revision, Row.Name, n));
        foreach (var key in segments.Prepend(MediaKeys.Init(Asset.Id, Asset.Revision, Row.Name)))
        {
            await using var part = await Store.Open(key, ct) ?? throw new IOException($"The object {key} is not there.");
            await part.CopyToAsync(target, ct);
        }
    }
}
