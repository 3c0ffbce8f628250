using System.Buffers;
using System.Net;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// Reads the beginning of an answer before its client gets any of it: nearly every answer is shorter, so an instance that dies in the
/// middle of one has not answered, and another is asked.
/// </summary>
internal static class AnswerStart
{
    private const int Most = 64 * 1024;

    public static async Task<HttpResponseMessage> Read(HttpResponseMessage answer, HttpMethod method, CancellationToken ct)
    {
        if (method == HttpMethod.Head || answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified) return answer;
        var whole = answer.Content;
        var most = (int)Math.Min(whole.Headers.ContentLength ?? Most, Most);
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var stream = await whole.ReadAsStreamAsync(ct);
            var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, most), most, throwOnEndOfStream: false, ct);
            // A declared length that is not reached is noticed by the connection; an undeclared one ends here if it ended before the bound.
            var isAll = length < most || whole.Headers.ContentLength == length;
            var start = buffer[..length];
            answer.Content = isAll ? new ByteArrayContent(start) : new StreamContent(new ContinuedStream(start, stream));
            foreach (var (name, values) in whole.Headers.NonValidated) answer.Content.Headers.TryAddWithoutValidation(name, values);
            // The rest, and the connection with it, goes when the new content does.
            if (isAll) whole.Dispose();
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
