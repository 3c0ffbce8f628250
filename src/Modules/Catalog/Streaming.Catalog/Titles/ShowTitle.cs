using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Kernel;

namespace Streaming.Catalog.Titles;

/// <summary>One title: viewers get the published version, whoever may edit it the current one.</summary>
internal static class ShowTitle
{
    internal sealed class Handler(CatalogDbContext db, VisibleTitles visible) : IRequestHandler<GetTitle, Result<TitleDetails>>
    {
        public async Task<Result<TitleDetails>> Handle(GetTitle request, CancellationToken cancellationToken)
        {
            if (!db.SeesAll) return await Published(request.Id, cancellationToken);
            var found = await db.ShownCurrent(db.Titles.Where(t => t.Id == request.Id)).SingleOrDefaultAsync(cancellationToken);
            if (found is null) return Error.NotFound("title", request.Id);

            var card = found.Card;
            return new TitleDetails(
                card,
                found.Metadata.Cast,
                found.Metadata.Version,
                found.Title.PublishedVersion,
                found.Metadata.AvailableFrom,
                found.Metadata.AvailableUntil,
                card.Kind == TitleKinds.Series ? await Episodes(card.Id, cancellationToken) : [],
                card.Playable ? await Audio(found.Title.AssetId, cancellationToken) : [],
                card.Playable ? await Subtitles(found.Title.AssetId, cancellationToken) : []);
        }

        private async Task<Result<TitleDetails>> Published(Guid id, CancellationToken cancellationToken)
        {
            if (await visible.Find(id, cancellationToken) is not { } found) return Error.NotFound("title", id);

            var card = found.CardFor(visible.Audience);
            return new TitleDetails(
                card, found.Cast, found.Version, found.Version, found.Showing.From, found.Showing.Until,
                found.Episodes.Count > 0 ? await visible.Cards([.. found.Episodes.Select(e => e.Id)], cancellationToken) : [],
                card.Playable ? found.Video!.Audio : [],
                card.Playable ? found.Video!.Subtitles : []);
        }

        private async Task<IReadOnlyList<TitleCard>> Episodes(Guid series, CancellationToken cancellationToken)
        {
            var episodes = db.Titles.Where(t => t.SeriesId == series).OrderBy(t => t.Season).ThenBy(t => t.Episode);
            return [.. (await db.Shown(episodes).ToListAsync(cancellationToken)).Select(t => t.Card)];
        }

        private Task<List<TrackView>> Audio(Guid? asset, CancellationToken cancellationToken) => (
            from rendition in db.Renditions
            join current in db.Assets on new { Id = rendition.AssetId, rendition.Revision } equals new { current.Id, current.Revision }
            where current.Id == asset && rendition.Kind == Rendition.Audio
            orderby rendition.Default descending, rendition.Order
            select new TrackView(rendition.Language, rendition.Label)).ToListAsync(cancellationToken);

        private Task<List<TrackView>> Subtitles(Guid? asset, CancellationToken cancellationToken) => (
            from track in db.TextTracks
            join current in db.Assets on new { Id = track.AssetId, track.Revision } equals new { current.Id, current.Revision }
            where current.Id == asset
            orderby track.Name
            select new TrackView(track.Language, track.Label)).ToListAsync(cancellationToken);
    }

    internal static void Map(RouteGroupBuilder titles) =>
        titles.MapGet("/{id:guid}", (Guid id, IMediator mediator, HttpResponse response, CancellationToken ct) =>
                TitleResource.Answer(mediator, id, response, ct))
            .WithName("GetTitle").WithSummary("One title; the ETag is its version.")
            .Produces<TitleResource>().ProducesProblem(StatusCodes.Status404NotFound);
}
