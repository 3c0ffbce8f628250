using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Streaming.Catalog.Artwork;
using Streaming.Catalog.Data;
using Streaming.Catalog.Ingests;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Discards;

/// <summary>
/// Deletes superseded revisions of assets and artwork that no version of its title names. What is found for the first time is only
/// noted, and goes when it is found again after <see cref="Keep"/>: a store need not tell ages, and a file's age would not tell
/// since when nobody needs it.
/// </summary>
internal sealed partial class SweepDiscards(IngestRows rows, IObjectStore store, TimeProvider clock, ILogger<SweepDiscards> log)
{
    /// <summary>Longer than any signed address lives (168 hours at most): nobody loses what is being played.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(8);

    [DisableConcurrentExecution(timeoutInSeconds: 60)]
    public async Task Sweep(CancellationToken cancellationToken)
    {
        var found = await Find(cancellationToken);
        foreach (var key in await Due(found, clock.GetUtcNow(), cancellationToken))
        {
            if (RevisionOf(key) is { } revision) await DeleteRevision(revision.Asset, revision.Number, cancellationToken);
            else if (await rows.With(db => IsNamed(db, key, cancellationToken))) continue;
            else await store.Delete(key, cancellationToken);
            await rows.With(db => db.Discards.Where(d => d.Key == key).ExecuteDeleteAsync(cancellationToken));
            Deleted(log, key);
        }
    }

    private async Task<HashSet<string>> Find(CancellationToken ct)
    {
        var found = new HashSet<string>();
        var assets = await rows.With(db => db.Assets.Where(a => a.Revision > 1).Select(a => new { a.Id, a.Revision }).ToListAsync(ct));
        foreach (var asset in assets)
            for (var revision = 1; revision < asset.Revision; revision++)
                if (await HoldsAny(MediaKeys.Revision(asset.Id, revision), ct)) found.Add(MediaKeys.Revision(asset.Id, revision));

        // The store first: a picture whose version is saved in between is named by then.
        await foreach (var key in store.List(ArtworkFiles.Folder, ct)) found.Add(key);
        found.ExceptWith(await rows.With(db => Named(db, ct)));
        return found;
    }

    /// <summary>Notes what is new, forgets what is needed again, and answers what has been noted for long enough.</summary>
    private Task<List<string>> Due(HashSet<string> found, DateTimeOffset now, CancellationToken ct) => rows.With(async db =>
    {
        var noted = await db.Discards.ToListAsync(ct);
        db.Discards.RemoveRange(noted.Where(d => !found.Contains(d.Key)));
        db.Discards.AddRange(found.Except(noted.Select(d => d.Key)).Select(key => new Discard { Key = key, Since = now }));
        await db.SaveChangesAsync(ct);
        return noted.Where(d => found.Contains(d.Key) && now - d.Since >= Keep).Select(d => d.Key).ToList();
    });

    // Rows first: what has no rows is not there, whatever files are left.
    private async Task DeleteRevision(Guid asset, int revision, CancellationToken ct)
    {
        await rows.With(async db =>
        {
            var renditions = db.Renditions.Where(r => r.AssetId == asset && r.Revision == revision);
            await db.Segments.Where(s => renditions.Any(r => r.Id == s.RenditionId)).ExecuteDeleteAsync(ct);
            await renditions.ExecuteDeleteAsync(ct);
            await db.TextTracks.Where(t => t.AssetId == asset && t.Revision == revision).ExecuteDeleteAsync(ct);
        });
        await store.DeleteFolder(MediaKeys.Revision(asset, revision), ct);
    }

    private async Task<bool> HoldsAny(string folder, CancellationToken ct)
    {
        await foreach (var _ in store.List(folder, ct)) return true;
        return false;
    }

    private static async Task<HashSet<string>> Named(CatalogDbContext db, CancellationToken ct)
    {
        var chosen = await db.TitleMetadata.Where(m => m.Artwork != null).Select(m => new { m.TitleId, m.Artwork }).Distinct().ToListAsync(ct);
        var taken = await db.Titles.IgnoreQueryFilters().Where(t => t.Poster != null).Select(t => new { t.Id, t.Poster }).ToListAsync(ct);
        return [.. chosen.Select(c => ArtworkFiles.Key(c.TitleId, c.Artwork!)), .. taken.Select(t => ArtworkFiles.Key(t.Id, t.Poster!))];
    }

    // Asked again just before deleting: the same picture may have been sent once more.
    private static async Task<bool> IsNamed(CatalogDbContext db, string key, CancellationToken ct)
    {
        if (key.Split('/') is not [_, var folder, var file] || !Guid.TryParseExact(folder, "N", out var title)) return false;
        var hash = Path.GetFileNameWithoutExtension(file);
        return await db.TitleMetadata.AnyAsync(m => m.TitleId == title && m.Artwork == hash, ct)
            || await db.Titles.IgnoreQueryFilters().AnyAsync(t => t.Id == title && t.Poster == hash, ct);
    }

    private static (Guid Asset, int Number)? RevisionOf(string key) =>
        key.Split('/') is [var asset, var number] && Guid.TryParseExact(asset, "N", out var id)
            && int.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out var revision) ? (id, revision) : null;

    [LoggerMessage(1, LogLevel.Information, "Deleted {Key}, which nothing has referred to for days")]
    private static partial void Deleted(ILogger logger, string key);
}
