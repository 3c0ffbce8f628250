using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users;

namespace Streaming.Catalog.Titles;

/// <summary>Hides a title from viewers, at once.</summary>
internal static class UnpublishTitle
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
            if (!title.Unpublish(command.ExpectedVersion).TryGet(out var unpublished, out var error)) return error;

            if (before is not null) db.Outbox.Add(unpublished, clock.GetUtcNow());
            return await db.SaveOrder(cancellationToken) is { } raced ? raced : new TitleRevision(title.Id, title.Version);
        }
    }

    internal static void Map(RouteGroupBuilder titles) =>
        titles.MapPost("/{id:guid}/unpublish", async (
                Guid id, IMediator mediator, HttpRequest request, HttpResponse response, CancellationToken ct) =>
            {
                var unpublished = await mediator.Send(new Command(request.CommandId, id, request.ExpectedVersion), ct);
                return unpublished.IsError ? Problems.From(unpublished.Error) : await TitleResource.Answer(mediator, id, response, ct);
            })
            .TakesIdempotencyKey()
            .WithName("UnpublishTitle").WithSummary("Hides the title from viewers; its versions stay.")
            .Produces<TitleResource>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed);
}
