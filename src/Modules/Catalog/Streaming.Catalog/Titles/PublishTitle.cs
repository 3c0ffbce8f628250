using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users;

namespace Streaming.Catalog.Titles;

/// <summary>Makes the current version of a title the one that viewers see.</summary>
internal static class PublishTitle
{
    /// <param name="CommandId">See <see cref="ICommand{T}"/>.</param>
    /// <param name="Title">The title.</param>
    /// <param name="ExpectedVersion">The version meant; null for whichever is current.</param>
    [Requires(Roles.Publisher, Roles.Operator)]
    internal sealed record Command(Guid CommandId, Guid Title, int? ExpectedVersion) : ICommand<TitleRevision>;

    internal sealed class Handler(CatalogDbContext db, TimeProvider clock) : IRequestHandler<Command, Result<TitleRevision>>
    {
        public async Task<Result<TitleRevision>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (await db.TitleForWriting(command.Title, cancellationToken) is not { } title) return Error.NotFound("title", command.Title);

            var before = title.PublishedVersion;
            var playable = await db.PlayableAssets().AnyAsync(a => a.Id == title.AssetId, cancellationToken);
            if (!title.Publish(command.ExpectedVersion, playable).TryGet(out var published, out var error)) return error;

            if (published.Version != before) db.Outbox.Add(published, clock.GetUtcNow());
            return await db.SaveOrder(cancellationToken) is { } raced ? raced : new TitleRevision(title.Id, title.Version);
        }
    }

    internal static void Map(RouteGroupBuilder titles) =>
        titles.MapPost("/{id:guid}/publish", async (
                Guid id, IMediator mediator, HttpRequest request, HttpResponse response, CancellationToken ct) =>
            {
                var published = await mediator.Send(new Command(request.CommandId, id, request.ExpectedVersion), ct);
                return published.IsError ? Problems.From(published.Error) : await TitleResource.Answer(mediator, id, response, ct);
            })
            .TakesIdempotencyKey()
            .WithName("PublishTitle").WithSummary("Shows the current version to viewers; If-Match, where sent, names it.")
            .Produces<TitleResource>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
}
