using System.Collections.Frozen;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Uploads;

/// <summary>What the slices of the tus protocol (https://tus.io/protocols/resumable-upload, 1.0.0) have in common.</summary>
internal static class Tus
{
    public const string Version = "1.0.0";
    public const string Extensions = "creation,termination,expiration";
    public const string ContentType = "application/offset+octet-stream";
    public const string IngestHeader = "Streaming-Ingest";

    public const string Locked = "catalog:upload-locked";
    public const string WrongOffset = "catalog:upload-offset";
    public const string TooLarge = "catalog:upload-too-large";
    public const string NoRoom = "catalog:no-room";
    public const string WrongType = "catalog:upload-content-type";
    public const string WrongVersion = "catalog:tus-version";
    public const string BadHeader = "catalog:upload-header";

    // The protocol asks for statuses that nothing else here uses.
    private static readonly FrozenDictionary<string, (int Status, string Title)> _statuses = new Dictionary<string, (int Status, string Title)>
    {
        [Locked] = (StatusCodes.Status423Locked, "Locked"),
        [TooLarge] = (StatusCodes.Status413PayloadTooLarge, "Too large"),
        [NoRoom] = (StatusCodes.Status507InsufficientStorage, "No room"),
        [WrongType] = (StatusCodes.Status415UnsupportedMediaType, "Wrong content type"),
        [WrongVersion] = (StatusCodes.Status412PreconditionFailed, "Wrong protocol version"),
        [BadHeader] = (StatusCodes.Status400BadRequest, "The request is not right"),
    }.ToFrozenDictionary();

    public static ProblemHttpResult Problem(Error error)
    {
        var problem = Problems.From(error);
        if (!_statuses.TryGetValue(error.Code, out var special)) return problem;
        var details = problem.ProblemDetails;
        return TypedResults.Problem(new ProblemDetails
        {
            Type = details.Type,
            Title = special.Title,
            Status = special.Status,
            Detail = details.Detail,
            Extensions = details.Extensions,
        });
    }

    /// <summary>Answers in the protocol's version, and refuses clients that speak another.</summary>
    public static async ValueTask<object?> SpeakVersion(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers["Tus-Resumable"] = Version;
        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers["Tus-Resumable"] == Version) return await next(context);
        http.Response.Headers["Tus-Version"] = Version;
        return Problem(Error.Conflict(WrongVersion, $"This speaks tus {Version}; send the header Tus-Resumable: {Version}."));
    }

    public static long? Number(HttpRequest request, string header) =>
        long.TryParse(request.Headers[header], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static void Describe(HttpResponse response, UploadView upload)
    {
        response.Headers["Upload-Offset"] = upload.OffsetBytes.ToString(CultureInfo.InvariantCulture);
        response.Headers[IngestHeader] = upload.Id.ToString();
        if (upload.OffsetBytes < upload.SizeBytes) response.Headers["Upload-Expires"] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
    }
}

/// <summary>An upload as its client sees it.</summary>
internal sealed record UploadView(Guid Id, long SizeBytes, long OffsetBytes, string Metadata, DateTimeOffset ExpiresAt)
{
    public static UploadView Of(Upload upload) => new(upload.Id, upload.SizeBytes, upload.OffsetBytes, upload.Metadata, upload.ExpiresAt);
}
