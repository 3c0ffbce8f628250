using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Streaming.Host.Ingesting;

/// <summary>The client's half of tus 1.0.0 (creation and core): sends a file in pieces and goes on where it was after a broken connection.</summary>
internal sealed class TusUpload(HttpClient http, TimeProvider clock)
{
    private const int PieceBytes = 16 * 1024 * 1024;
    private const int Tries = 5;

    /// <summary>Sends the whole file and answers with the ingest's id.</summary>
    public async Task<Guid> Send(FileInfo file, bool publish, Action<double> progress, CancellationToken ct)
    {
        var location = await Begin(file, publish, ct);
        await using var content = file.Open(FileMode.Open, FileAccess.Read, FileShare.Read);
        var offset = 0L;
        var failures = 0;
        while (true)
        {
            try
            {
                if (failures > 0) offset = await Offset(location, ct);
                using var answer = await SendPiece(location, content, offset, ct);
                if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Locked) throw new HttpRequestException("The host is at another place in this file.");
                await Accept(answer, ct);
                failures = 0;
                offset = long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), System.Globalization.CultureInfo.InvariantCulture);
                progress(file.Length == 0 ? 1 : (double)offset / file.Length);
                if (offset == file.Length) return Guid.Parse(answer.Headers.GetValues("Streaming-Ingest").Single());
            }
            catch (HttpRequestException) when (++failures < Tries)
            {
                await Task.Delay(TimeSpan.FromSeconds(failures), clock, ct);
            }
        }
    }

    private async Task<Uri> Begin(FileInfo file, bool publish, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Post, new Uri("/api/catalog/uploads", UriKind.Relative));
        request.Headers.Add("Upload-Length", $"{file.Length}");
        request.Headers.Add("Upload-Metadata", $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(file.Name))}{(publish ? $",publish {Convert.ToBase64String("true"u8)}" : "")}");
        using var answer = await http.SendAsync(request, ct);
        await Accept(answer, ct);
        return answer.Headers.Location!;
    }

    private async Task<HttpResponseMessage> SendPiece(Uri location, FileStream content, long offset, CancellationToken ct)
    {
        content.Position = offset;
        var piece = new byte[(int)Math.Min(PieceBytes, content.Length - offset)];
        await content.ReadExactlyAsync(piece, ct);
        using var request = Request(HttpMethod.Patch, location);
        request.Headers.Add("Upload-Offset", $"{offset}");
        request.Content = new ByteArrayContent(piece) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };
        return await http.SendAsync(request, ct);
    }

    private async Task<long> Offset(Uri location, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Head, location);
        using var answer = await http.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
        return long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri location)
    {
        var request = new HttpRequestMessage(method, location);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    /// <summary>A refusal is final: it is told in the host's own words and not tried again.</summary>
    private static async Task Accept(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode) return;
        var detail = answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("detail").GetString()
            : null;
        throw new IOException(detail ?? $"the host answered {(int)answer.StatusCode}");
    }
}
