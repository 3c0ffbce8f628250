using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Storage;
using Streaming.Playback.Access;
using Streaming.Playback.Telemetry;

namespace Streaming.Playback.Media;

/// <summary>Serves what a signed address opens: manifests written from committed rows, and files of the object store.</summary>
internal sealed class ServeMedia(MediaGate gate, Presentations presentations, IObjectStore store, PlaybackMetrics metrics)
{
    private const string Final = "public, max-age=31536000, immutable";
    private const string Growing = "max-age=1";

    public async Task<IResult> Handle(HttpContext http, CallContext context, string token, string asset, string revision, string path)
    {
        var (headers, ct) = (http.Response.Headers, http.RequestAborted);
        headers.CacheControl = "no-store";
        AllowOtherPlayers(headers);
        if (!MediaPath.IsRevision(asset, revision) || MediaPath.Parse(path) is not { } media) return NotThere();
        var prefix = $"{asset}/{revision}";
        var admission = await gate.Admit(token, prefix, context.Caller, ct);
        if (admission != Admission.Admitted) return Refusal(admission);

        headers.ContentType = media.ContentType;
        headers.XContentTypeOptions = "nosniff";
        var answer = media.File == MediaFile.Stored
            ? await File(http, $"{prefix}/{path}", $"\"{asset}.{revision}\"", ct)
            : await Manifest(http, media, Guid.ParseExact(asset, "N"), int.Parse(revision, CultureInfo.InvariantCulture), ct);
        if (answer.TryGet(out var bytes, out var error))
        {
            metrics.Served(media.Kind, bytes);
            return Results.Empty;
        }

        headers.ContentType = default;
        headers.CacheControl = "no-store";
        return error.Kind == ErrorKind.NotFound ? NotThere() : Problems.From(error);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string Pattern = "/m/{token}/{asset}/{revision}/{**path}";
        routes.MapMethods(Pattern, [HttpMethods.Get, HttpMethods.Head],
                (HttpContext http, CallContext context, ServeMedia media, string token, string asset, string revision, string? path) =>
                    media.Handle(http, context, token, asset, revision, path ?? ""))
            .ServedHere()
            .WithName("GetMedia").WithTags("Media").WithSummary("A manifest, segment, text track or picture that a signed address opens")
            .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status206PartialContent).Produces(StatusCodes.Status304NotModified)
            .Produces(StatusCodes.Status416RangeNotSatisfiable)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status410Gone);
        routes.MapMethods(Pattern, [HttpMethods.Options], (HttpContext http) =>
        {
            AllowOtherPlayers(http.Response.Headers);
            http.Response.Headers.AccessControlAllowMethods = "GET, HEAD";
            http.Response.Headers.AccessControlAllowHeaders = "Range, If-Range, If-None-Match";
            http.Response.Headers.AccessControlMaxAge = "86400";
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.NoContent();
        }).ServedHere().ExcludeFromDescription();
    }

    private async Task<Result<long>> File(HttpContext http, string key, string etag, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = Final;
        return await StoredObject.Send(http, store, key, etag, ct) is { } sent ? sent : Error.NotFound("media", key);
    }

    private async Task<Result<long>> Manifest(HttpContext http, MediaPath media, Guid asset, int revision, CancellationToken ct)
    {
        var answer = await presentations.Get(asset, revision, ct);
        if (!answer.TryGet(out var listing, out var error)) return error;
        if (listing.Find(media) is not { } playlist) return Error.NotFound("playlist", media.Name);

        if (listing.IsStale) http.Response.Headers[Fallback.Header] = Fallback.LastGood;
        http.Response.Headers.CacheControl = playlist.Final ? Final : Growing;
        http.Response.Headers.ETag = playlist.ETag;
        if (EntityTags.NotModified(http.Request, playlist.ETag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return 0;
        }

        http.Response.ContentLength = playlist.Body.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return 0;
        await http.Response.BodyWriter.WriteAsync(playlist.Body, ct);
        return playlist.Body.Length;
    }

    // The address itself is the permission, so any player on any site may use it; cookies are neither needed nor allowed there.
    private static void AllowOtherPlayers(IHeaderDictionary headers)
    {
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Content-Length, Content-Range, Accept-Ranges, ETag";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers["Timing-Allow-Origin"] = "*";
    }

    private static ProblemHttpResult NotThere() =>
        Problems.From(new Error(ErrorKind.NotFound, "playback:no-such-media", "There is nothing at this address. Start playback again to get the current ones."));

    private static ProblemHttpResult Refusal(Admission admission) => admission switch
    {
        Admission.Expired => TypedResults.Problem(
            "This address has expired. Start playback again to get a new one.", type: "urn:streaming:playback:token-expired", title: "Expired",
            statusCode: StatusCodes.Status410Gone, extensions: new Dictionary<string, object?> { ["traceId"] = Activity.Current?.TraceId.ToHexString() ?? "" }),
        Admission.OtherProfile => Problems.From(Error.Forbidden(
            "playback:other-profile", "This address was made for another profile. Start playback again as the present one.")),
        _ => Problems.From(Error.Forbidden("playback:token-invalid", "This address is not one that we made. Start playback again to get one.")),
    };
}
