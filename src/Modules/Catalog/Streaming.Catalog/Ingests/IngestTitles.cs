using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;

namespace Streaming.Catalog.Ingests;

/// <summary>What an ingest does to its title.</summary>
internal sealed class IngestTitles(IngestRows rows, TimeProvider clock)
{
    /// <summary>Makes the title where there is none, and lets it play the asset unless it has another that can be played already.</summary>
    public async Task Link(CatalogDbContext db, Ingest ingest, Guid asset)
    {
        var title = await db.TitleForWriting(ingest.TitleId, CancellationToken.None);
        if (title is null)
        {
            var content = new TitleContent { Name = ingest.TitleName, Year = ingest.YearInName };
            var draft = Title.Draft(TitleKinds.Film, null, content, clock.GetUtcNow(), ingest.CreatedBy, ingest.TitleId);
            db.Titles.Add(title = draft.Value);
        }

        if (title.AssetId == asset) return;
        var playable = await db.PlayableAssets().Where(a => a.Id == asset || a.Id == title.AssetId).Select(a => a.Id).ToListAsync();
        if (title.AssetId is not { } old || !playable.Contains(old) || playable.Contains(asset)) title.AttachAsset(asset);
    }

    /// <summary>The first segments are there: the title plays them from now on, and viewers see it if that was wanted.</summary>
    public async Task BecamePlayable(Guid id, Guid asset)
    {
        await rows.Change(id, (_, _) => { }, db => Show(db, id, asset));
        var others = await rows.With(db => db.Ingests.Where(i => i.Waiting && i.AssetId == asset).Select(i => i.Id).ToListAsync());
        foreach (var other in others)
            await rows.With(async db =>
            {
                await Show(db, other, asset);
                await db.SaveChangesAsync();
            });
    }

    public async Task Show(CatalogDbContext db, Guid id, Guid asset)
    {
        var ingest = await db.Ingests.SingleAsync(i => i.Id == id);
        await Link(db, ingest, asset);
        if (!ingest.Publish || ingest.Published) return;
        var title = db.Titles.Local.Single(t => t.Id == ingest.TitleId);
        var playable = await db.PlayableAssets().AnyAsync(a => a.Id == title.AssetId);
        // What hides it still, such as an empty field, its editor is told when publishing by hand.
        if (!title.Publish(null, playable).TryGet(out var published, out _)) return;
        ingest.MarkPublished(clock.GetUtcNow());
        db.Outbox.Add(published, clock.GetUtcNow());
    }

    /// <summary>
    /// What failed before its base was whole is not left half-published: a title that viewers see only through this ingest is hidden
    /// again. Above a whole base the film goes on playing.
    /// </summary>
    public async Task Withdraw(CatalogDbContext db, Guid id)
    {
        var ingest = db.Ingests.Local.Single(i => i.Id == id);
        if (ingest is not { State: IngestState.Failed, StoppedIn: IngestState.EncodingBase, Published: true }) return;
        ingest.MarkWithdrawn(clock.GetUtcNow());
        if (await db.TitleForWriting(ingest.TitleId, CancellationToken.None) is not { PublishedVersion: not null } title) return;
        if (title.Unpublish(null).TryGet(out var unpublished, out _)) db.Outbox.Add(unpublished, clock.GetUtcNow());
    }
}
