using MediatR;
using Streaming.Kernel;
using Streaming.Platform.Outbox;

namespace Streaming.Catalog.Titles;

/// <summary>
/// Forgets once more what <see cref="TitleChanges"/> has forgotten already, unless the process ended between the commit and that. The event
/// comes from the outbox, which forgets nothing.
/// </summary>
internal sealed class ForgetTitle(TitleCache cache) : INotificationHandler<TitlePublished>, INotificationHandler<TitleUnpublished>
{
    public Task Handle(TitlePublished notification, CancellationToken cancellationToken) => cache.Forget(notification.TitleId, cancellationToken);

    public Task Handle(TitleUnpublished notification, CancellationToken cancellationToken) => cache.Forget(notification.TitleId, cancellationToken);
}

/// <summary>The same for what another process has changed, where there are no zones to tell.</summary>
internal sealed class HearOfTitle(TitleCache cache) : IEventListener
{
    public string Module => "catalog";

    public Task Heard(IModuleEvent happened, CancellationToken cancellationToken) => happened switch
    {
        TitlePublished published => cache.Forget(published.TitleId, cancellationToken),
        TitleUnpublished unpublished => cache.Forget(unpublished.TitleId, cancellationToken),
        _ => Task.CompletedTask,
    };
}
