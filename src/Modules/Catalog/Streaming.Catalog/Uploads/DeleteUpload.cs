using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Catalog.Uploads;

/// <summary>Throws an unfinished upload away. What has arrived whole is an ingest already, and that is where it is cancelled.</summary>
internal static class DeleteUpload
{
    [Requires(Users.Roles.Publisher, Users.Roles.Operator)]
    internal sealed record Command(Guid Id) : IRequest<Result<Done>>;

    internal sealed class Handler(CatalogDbContext db, UploadFiles files, CallContext context) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            using var hold = files.TryHold(command.Id);
            if (hold is null) return Error.Conflict(Tus.Locked, "Another request is sending to this upload right now. Stop it, then delete.");
            var upload = await db.UploadsOf(context.Caller).SingleOrDefaultAsync(u => u.Id == command.Id, cancellationToken);
            if (upload is null) return Error.NotFound("upload", command.Id);
            if (upload.IsComplete) return Error.Conflict("catalog:upload-complete", "The file has arrived whole. Cancel or delete its ingest instead.");

            db.Uploads.Remove(upload);
            db.Ingests.RemoveRange(await db.Ingests.Where(i => i.Id == upload.Id).ToListAsync(cancellationToken));
            await db.SaveChangesAsync(cancellationToken);
            files.Delete(upload.Id);
            return Done.Instance;
        }
    }

    internal static void Map(RouteGroupBuilder uploads) => uploads
        .MapDelete("/{id:guid}", async (Guid id, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id), ct)).TryGet(out _, out var error) ? (IResult)TypedResults.NoContent() : Tus.Problem(error))
        .WithName("DeleteUpload")
        .WithSummary("Throw an unfinished upload away (tus termination).")
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);
}
