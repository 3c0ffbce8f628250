using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Catalog.Uploads;

/// <summary>How far an upload has come: where its client goes on.</summary>
internal static class GetUpload
{
    [Requires(Users.Roles.Publisher, Users.Roles.Operator)]
    internal sealed record Query(Guid Id) : IRequest<Result<UploadView>>;

    internal sealed class Handler(CatalogDbContext db, UploadFiles files, CallContext context) : IRequestHandler<Query, Result<UploadView>>
    {
        public async Task<Result<UploadView>> Handle(Query query, CancellationToken cancellationToken)
        {
            var upload = await db.UploadsOf(context.Caller).AsNoTracking().SingleOrDefaultAsync(u => u.Id == query.Id, cancellationToken);
            if (upload is null) return Error.NotFound("upload", query.Id);
            // After the encode the source is gone, and the upload is still complete.
            if (!upload.IsComplete) upload.OffsetBytes = Math.Min(upload.OffsetBytes, files.LengthOf(upload.Id));
            return UploadView.Of(upload);
        }
    }

    /// <summary>Whoever sends a file may go on with it; operators with anybody's. With its ingest an upload is gone too.</summary>
    public static IQueryable<Upload> UploadsOf(this CatalogDbContext db, Caller caller)
    {
        var uploads = db.Uploads.Where(u => db.Ingests.Any(i => i.Id == u.Id && i.State != Ingests.IngestState.Deleting));
        return caller.IsIn(Users.Roles.Operator) ? uploads : uploads.Where(u => u.Owner == caller.Subject);
    }

    internal static void Map(RouteGroupBuilder uploads) => uploads
        .MapMethods("/{id:guid}", [HttpMethods.Head], async (Guid id, HttpResponse response, IMediator mediator, CancellationToken ct) =>
        {
            var found = await mediator.Send(new Query(id), ct);
            if (!found.TryGet(out var upload, out var error)) return (IResult)Tus.Problem(error);
            Tus.Describe(response, upload);
            response.Headers["Upload-Length"] = upload.SizeBytes.ToString(CultureInfo.InvariantCulture);
            if (upload.Metadata.Length > 0) response.Headers["Upload-Metadata"] = upload.Metadata;
            return TypedResults.Ok();
        })
        .WithName("GetUploadOffset")
        .WithSummary("How much of an upload has arrived (tus HEAD).")
        .Produces(StatusCodes.Status200OK)
        .ProducesProblem(StatusCodes.Status404NotFound);
}
