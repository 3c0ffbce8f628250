using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog;
using Streaming.Platform.Caching;
using Streaming.Platform.Outbox;
using Streaming.Recommendations.Data;

namespace Streaming.Recommendations.Publishing;

/// <summary>Forgets a title that viewers no longer see; its views stay, in case it comes back.</summary>
internal sealed class ForgetUnpublished(RecommendationsDbContext db, IZoneCache cache)
    : INotificationHandler<TitleUnpublished>, IAfterCommit<TitleUnpublished>
{
    public Task Handle(TitleUnpublished notification, CancellationToken cancellationToken) =>
        db.Published.Where(t => t.TitleId == notification.TitleId).ExecuteDeleteAsync(cancellationToken);

    public async Task Committed(TitleUnpublished happened, CancellationToken cancellationToken) => await cache.Invalidate(PublishedTitle.Tag, cancellationToken);
}
