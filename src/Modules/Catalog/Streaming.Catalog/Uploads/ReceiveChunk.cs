using System.Buffers;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;
using Streaming.Catalog.Data;
using Streaming.Catalog.Ingests;
using Streaming.Catalog.Media;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Catalog.Uploads;

/// <summary>Takes the next bytes of an upload. What it acknowledges is on the disk, whatever happens to this host afterwards.</summary>
internal static class ReceiveChunk
{
    private const int BufferSize = 256 * 1024;
    private const long FlushEvery = 16 << 20;

    [Requires(Users.Roles.Publisher, Users.Roles.Operator)]
    internal sealed record Command(Guid Id, long Offset, long? Length, Stream Body) : IRequest<Result<UploadView>>;

    internal sealed class Handler(
        CatalogDbContext db, UploadFiles files, IngestSignal signal, IOptions<UploadOptions> options, CallContext context, TimeProvider clock)
        : IRequestHandler<Command, Result<UploadView>>
    {
        public async Task<Result<UploadView>> Handle(Command command, CancellationToken cancellationToken)
        {
            using var hold = files.TryHold(command.Id);
            if (hold is null) return Error.Conflict(Tus.Locked, "Another request is sending to this upload right now. Wait for it, or try again in a moment.");

            var upload = await db.UploadsOf(context.Caller).SingleOrDefaultAsync(u => u.Id == command.Id, cancellationToken);
            if (upload is null)
            {
                files.Forget(command.Id);
                return Error.NotFound("upload", command.Id);
            }

            if (!upload.IsComplete) upload.OffsetBytes = Math.Min(upload.OffsetBytes, files.LengthOf(upload.Id));
            if (command.Offset != upload.OffsetBytes)
                return Error.Conflict(Tus.WrongOffset, $"The upload is at {upload.OffsetBytes} bytes, not at {command.Offset}. Ask with HEAD and go on from there.");
            if (command.Length > upload.SizeBytes - upload.OffsetBytes) return TooMuch(upload);
            if (upload.IsComplete) return UploadView.Of(upload);

            hold.StartAt(upload.OffsetBytes);
            Error? stopped;
            using (var file = files.OpenAt(upload.Id, upload.OffsetBytes))
            {
                try
                {
                    stopped = await Receive(upload, file, command.Body, hold, cancellationToken);
                }
                finally
                {
                    // Also when the client has gone: what has arrived need not be sent again.
                    await Acknowledge(upload, file, hold);
                }
            }

            if (stopped is not null) return stopped;
            if (upload.IsComplete) await Complete(upload, hold);
            return UploadView.Of(upload);
        }

        private async Task<Error?> Receive(Upload upload, SafeFileHandle file, Stream body, UploadFiles.Receipt hold, CancellationToken ct)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (int read; (read = await body.ReadAsync(buffer.AsMemory(0, BufferSize), ct)) > 0;)
                {
                    if (read > upload.SizeBytes - hold.Position) return TooMuch(upload);
                    try
                    {
                        await hold.Append(file, buffer.AsMemory(0, read));
                    }
                    catch (IOException full) when (FullDisk.Is(full))
                    {
                        return Error.Unavailable(Tus.NoRoom, "The disk is full. Free some space; the upload can then go on where it stopped.");
                    }

                    if (hold.Position - upload.OffsetBytes >= FlushEvery) await Acknowledge(upload, file, hold);
                }

                return null;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        private async Task Acknowledge(Upload upload, SafeFileHandle file, UploadFiles.Receipt hold)
        {
            if (hold.Position > upload.OffsetBytes) RandomAccess.FlushToDisk(file);
            upload.OffsetBytes = hold.Position;
            upload.ExpiresAt = clock.GetUtcNow().AddHours(options.Value.ExpireHours);
            if (!upload.IsComplete)
            {
                await db.SaveChangesAsync(CancellationToken.None);
                signal.Changed();
            }
        }

        private async Task Complete(Upload upload, UploadFiles.Receipt hold)
        {
            var ingest = await db.Ingests.SingleAsync(i => i.Id == upload.Id, CancellationToken.None);
            ingest.Received(hold.Sha256(), clock.GetUtcNow());
            await db.SaveChangesAsync(CancellationToken.None);
            files.Forget(upload.Id);
            signal.Work();
        }

        private static Error TooMuch(Upload upload) => Error.Conflict(
            Tus.TooLarge, $"More bytes came than the {upload.SizeBytes} that were announced. Start a new upload with the right Upload-Length.");
    }

    internal static void Map(RouteGroupBuilder uploads) => uploads
        .MapPatch("/{id:guid}", async (Guid id, HttpContext http, IMediator mediator, CancellationToken ct) =>
        {
            if (http.Request.ContentType?.Split(';')[0].Trim() != Tus.ContentType)
                return Tus.Problem(Error.Conflict(Tus.WrongType, $"Send the bytes as {Tus.ContentType}."));
            if (Tus.Number(http.Request, "Upload-Offset") is not { } offset)
                return Tus.Problem(Error.Conflict(Tus.BadHeader, "Upload-Offset must say where the bytes belong: a whole number from 0."));

            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
            // A phone in a tunnel may pause; a client that is gone must not keep the upload locked for long.
            if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));

            var taken = await mediator.Send(new Command(id, offset, http.Request.ContentLength, http.Request.Body), ct);
            if (!taken.TryGet(out var upload, out var error)) return (IResult)Tus.Problem(error);
            Tus.Describe(http.Response, upload);
            return TypedResults.NoContent();
        })
        .WithName("SendUploadBytes")
        .WithSummary("Send the next bytes of an upload (tus PATCH).")
        .Accepts<Stream>(Tus.ContentType)
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status423Locked)
        .ProducesProblem(StatusCodes.Status507InsufficientStorage);
}
