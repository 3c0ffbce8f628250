using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// Takes a request's body in before anybody is asked: a client that sends slowly holds no instance, and one that breaks off cannot be
/// taken for an instance that does.
/// </summary>
internal static class RequestBody
{
    /// <summary>All of it, which can be read again here; null where it is longer, and then it is as if nothing had been read.</summary>
    public static async Task<byte[]?> Hold(HttpRequest request, int most)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false) return [];
        // Many clients do not say how long it is. One byte more than may be tells whether it goes on.
        var room = (int)Math.Min(request.ContentLength ?? most, most) + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(buffer.AsMemory(0, room), room, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
            var read = buffer[..length];
            request.Body = length > most ? new ContinuedStream(read, request.Body) : new MemoryStream(read);
            return length > most ? null : read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
