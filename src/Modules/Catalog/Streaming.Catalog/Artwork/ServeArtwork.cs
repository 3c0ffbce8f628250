using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Platform.Storage;

namespace Streaming.Catalog.Artwork;

/// <summary>Serves a picture to whoever knows its name, which nobody can guess; what is under a name never changes.</summary>
internal static class ServeArtwork
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/artwork/{id:guid}/{hash:length(64)}.jpg", ["GET", "HEAD"], async (
                Guid id, string hash, IObjectStore store, HttpResponse response, CancellationToken ct) =>
            {
                // Nothing but a hash may become part of a key.
                if (!hash.All(char.IsAsciiHexDigitLower) || await store.Open(ArtworkFiles.Key(id, hash), ct) is not { } picture)
                    return Problems.From(Error.NotFound("picture", hash));
                response.Headers.CacheControl = "public, max-age=31536000, immutable";
                return Results.Stream(picture, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{hash}\""), enableRangeProcessing: true);
            })
            .ServedHere()
            .WithName("GetArtwork").WithSummary("A picture of a title, 1280 by 720.").WithTags("Catalog")
            .Produces(StatusCodes.Status200OK, contentType: "image/jpeg").ProducesProblem(StatusCodes.Status404NotFound);
}
