using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users;

namespace Streaming.Catalog.Artwork;

/// <summary>Gives a title another picture, as a new version.</summary>
internal static class ReplaceArtwork
{
    /// <param name="Title">The title.</param>
    /// <param name="ExpectedVersion">The version that the change is based on; null for whichever is current.</param>
    /// <param name="Picture">JPEG, PNG or WebP.</param>
    [Requires(Roles.Publisher, Roles.Operator)]
    internal sealed record Command(Guid Title, int? ExpectedVersion, Stream Picture) : IRequest<Result<TitleRevision>>;

    internal sealed class Handler(CatalogDbContext db, ArtworkFiles files, CallContext context, TimeProvider clock)
        : IRequestHandler<Command, Result<TitleRevision>>
    {
        public async Task<Result<TitleRevision>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (!await db.Titles.AnyAsync(t => t.Id == command.Title, cancellationToken)) return Error.NotFound("title", command.Title);
            if (!(await files.Keep(command.Title, command.Picture, cancellationToken)).TryGet(out var hash, out var unfit)) return unfit;

            // Only now, because a picture takes its time to arrive and others may edit meanwhile.
            if (await db.TitleForWriting(command.Title, cancellationToken) is not { } title) return Error.NotFound("title", command.Title);
            var edited = title.Edit(
                command.ExpectedVersion, title.Current.Content with { Artwork = hash }, clock.GetUtcNow(), context.Caller.Subject);
            if (edited.IsError) return edited.Error;
            return await db.SaveEdit(title.Id, cancellationToken) is { } stale ? stale : new TitleRevision(title.Id, title.Version);
        }
    }

    internal static void Map(RouteGroupBuilder titles) =>
        titles.MapPut("/{id:guid}/artwork", async (Guid id, IMediator mediator, HttpRequest request, HttpResponse response, CancellationToken ct) =>
            {
                var replaced = await mediator.Send(new Command(id, request.ExpectedVersion, request.Body), ct);
                return replaced.IsError ? Problems.From(replaced.Error) : await TitleResource.Answer(mediator, id, response, ct);
            })
            .WithMetadata(new RequestSizeLimitAttribute(ArtworkFiles.MaxBytes)).ServedHere()
            .WithName("ReplaceArtwork").WithSummary("Another picture: JPEG, PNG or WebP of up to 10 MB, kept as 1280 by 720.")
            .Accepts<Stream>("image/jpeg", "image/png", "image/webp")
            .Produces<TitleResource>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
