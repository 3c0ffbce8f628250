using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog;
using Streaming.Platform.Caching;
using Streaming.Platform.Outbox;
using Streaming.Recommendations.Data;

namespace Streaming.Recommendations.Publishing;

/// <summary>Notes when a title first became visible; a new version of its metadata does not make it new again.</summary>
internal sealed class NotePublished(RecommendationsDbContext db, IZoneCache cache, TimeProvider clock)
    : INotificationHandler<TitlePublished>, IAfterCommit<TitlePublished>
{
    public async Task Handle(TitlePublished notification, CancellationToken cancellationToken)
    {
        if (!await db.Published.AnyAsync(t => t.TitleId == notification.TitleId, cancellationToken))
        {
            db.Published.Add(new PublishedTitle { TitleId = notification.TitleId, PublishedAt = clock.GetUtcNow() });
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    // Also a new version, which may have other genres.
    public async Task Committed(TitlePublished happened, CancellationToken cancellationToken) => await cache.Invalidate(PublishedTitle.Tag, cancellationToken);
}
