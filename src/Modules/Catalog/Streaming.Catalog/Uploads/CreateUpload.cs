using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Streaming.Catalog.Data;
using Streaming.Catalog.Ingests;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Uploads;

/// <summary>Begins an upload, if there is room for the file and for what it becomes.</summary>
internal static class CreateUpload
{
    private const double RoomForRenditions = 1.5;

    [Requires(Users.Roles.Publisher, Users.Roles.Operator)]
    internal sealed record Command(long SizeBytes, string Metadata) : IRequest<Result<UploadView>>;

    internal sealed class Handler(
        CatalogDbContext db, IObjectStore store, IngestSignal signal, IOptions<UploadOptions> uploads, IOptions<IngestOptions> ingests,
        CallContext context, TimeProvider clock) : IRequestHandler<Command, Result<UploadView>>
    {
        public async Task<Result<UploadView>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (!UploadMetadata.Parse(command.Metadata).TryGet(out var metadata, out var error)) return error;
            if (command.SizeBytes > uploads.Value.MaxBytes)
                return Error.Conflict(Tus.TooLarge, $"Files of up to {ByteText.Of(uploads.Value.MaxBytes)} are taken; this one has {ByteText.Of(command.SizeBytes)}.");
            if (metadata.TitleId is { } title && await WhyNotFor(title, cancellationToken) is { } unfit) return unfit;
            if (await NoRoom(command.SizeBytes, cancellationToken) is { } full) return full;

            var now = clock.GetUtcNow();
            var upload = new Upload
            {
                Id = Guid.CreateVersion7(now),
                Owner = context.Caller.Subject,
                SizeBytes = command.SizeBytes,
                Metadata = command.Metadata,
                ExpiresAt = now.AddHours(uploads.Value.ExpireHours),
            };
            var ingest = Ingest.Begin(upload.Id, metadata, command.SizeBytes, context.Caller.Subject, now);
            if (upload.IsComplete) ingest.Received(null, now);
            db.Add(upload);
            db.Add(ingest);
            await db.SaveChangesAsync(cancellationToken);
            if (upload.IsComplete) signal.Work();
            else signal.Changed();
            return UploadView.Of(upload);
        }

        private async Task<Error?> WhyNotFor(Guid id, CancellationToken ct)
        {
            var title = await db.Titles.Where(t => t.Id == id).Select(t => new { t.Kind }).SingleOrDefaultAsync(ct);
            if (title is null) return Error.Invalid("titleId", $"There is no title {id}.");
            return title.Kind == TitleKinds.Series ? Error.Invalid("titleId", "A series has no video of its own. Name one of its episodes.") : null;
        }

        private async Task<Error?> NoRoom(long size, CancellationToken ct)
        {
            // What others have been promised and not yet sent is as good as taken.
            var promised = await db.Uploads.Where(u => u.OffsetBytes < u.SizeBytes)
                .SumAsync(u => u.SizeBytes - u.OffsetBytes + RoomForRenditions * u.SizeBytes, ct);
            var needed = size + (RoomForRenditions * size) + promised + ingests.Value.ReserveBytes;
            var free = store.FreeBytes;
            return needed <= free ? null : Error.Unavailable(
                Tus.NoRoom, $"There is not enough room for this file: {ByteText.Of(needed)} are needed with its renditions and a reserve, and {ByteText.Of(free)} are free. Free some space, then send it again.");
        }
    }

    internal static void Map(RouteGroupBuilder uploads)
    {
        uploads.MapPost("/", async (HttpContext http, IMediator mediator, CancellationToken ct) =>
            {
                if (Tus.Number(http.Request, "Upload-Length") is not { } length)
                    return Tus.Problem(Error.Conflict(Tus.BadHeader, "Upload-Length must say how long the file is, in bytes."));
                var created = await mediator.Send(new Command(length, http.Request.Headers["Upload-Metadata"].ToString()), ct);
                if (!created.TryGet(out var upload, out var error)) return (IResult)Tus.Problem(error);
                Tus.Describe(http.Response, upload);
                return TypedResults.Created($"/api/catalog/uploads/{upload.Id}");
            })
            .WithName("CreateUpload")
            .WithSummary("Begin an upload (tus creation); metadata filename, title, titleId, publish.")
            .Produces(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);

        uploads.MapMethods("/", [HttpMethods.Options], (HttpResponse response, IOptions<UploadOptions> options) =>
            {
                response.Headers["Tus-Version"] = Tus.Version;
                response.Headers["Tus-Extension"] = Tus.Extensions;
                response.Headers["Tus-Max-Size"] = options.Value.MaxBytes.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return TypedResults.NoContent();
            })
            .WithName("GetUploadProtocol")
            .WithSummary("What this server can do of the tus protocol.")
            .Produces(StatusCodes.Status204NoContent);
    }
}
