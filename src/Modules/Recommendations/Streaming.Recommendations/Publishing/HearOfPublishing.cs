using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Outbox;

namespace Streaming.Recommendations.Publishing;

/// <summary>Forgets the rows of this process when another has handled the event, where there are no zones to tell.</summary>
internal sealed class HearOfPublishing(IZoneCache cache) : IEventListener
{
    public string Module => "catalog";

    public async Task Heard(IModuleEvent happened, CancellationToken cancellationToken)
    {
        if (happened is TitlePublished or TitleUnpublished) await cache.Invalidate(PublishedTitle.Tag, cancellationToken);
    }
}
