using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Streaming.Kernel;

namespace Streaming.Platform.Http;

/// <summary>What the headers of a write say about when, and how often, it is to be carried out.</summary>
public static class Preconditions
{
    /// <summary>The code of a write to something versioned that names no version (428 at the edge).</summary>
    public const string Required = "precondition-required";

    /// <summary>The header that names an order, so that one which is sent twice is carried out once.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    extension(HttpRequest request)
    {
        /// <summary>
        /// The version in <c>If-Match</c>; null where any will do, because the header is absent or <c>*</c>. What no version could ever
        /// match becomes 0, which none is.
        /// </summary>
        public int? ExpectedVersion
        {
            get
            {
                var tags = request.Headers.IfMatch;
                if (tags.Count == 0 || tags is ["*"]) return null;
                return EntityTagHeaderValue.TryParse(tags.ToString(), out var tag) && !tag.IsWeak
                    && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
            }
        }

        /// <summary>The error of a write that must name the version it is based on and does not.</summary>
        public Error? MissingIfMatch => request.Headers.IfMatch.Count > 0 ? null : Error.Conflict(
            Required, "Say which version the change is based on: send If-Match with the ETag of what you have read.");

        /// <summary>The <c>Idempotency-Key</c>, a UUID; a new one where the client sent none.</summary>
        /// <exception cref="BadHttpRequestException">It is no UUID.</exception>
        public Guid CommandId => request.Headers[IdempotencyKey] switch
        {
            [] => Guid.CreateVersion7(),
            [{ } key] when Guid.TryParse(key.AsSpan().Trim('"'), out var id) && id != Guid.Empty => id,
            _ => throw new BadHttpRequestException($"{IdempotencyKey} must be a UUID; make a new one for each new order."),
        };
    }

    /// <summary>Says in the API's description that the endpoint takes the header <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder TakesIdempotencyKey(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new IdempotencyKeyMetadata());

    /// <summary>Sets the <c>ETag</c> of a version.</summary>
    public static void SetVersion(this HttpResponse response, int version) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}

/// <summary>On endpoints that read <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyKeyMetadata;
