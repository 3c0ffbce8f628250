using System.Net;
using System.Text.Json;
using Streaming.Catalog;

namespace Streaming.Host.Ingesting;

/// <summary>How a file stands, while it goes in and when it is over.</summary>
/// <param name="File">Its name.</param>
/// <param name="State">In words.</param>
/// <param name="Progress">0 to 1 over upload and encoding together.</param>
/// <param name="Over">Whether nothing more will happen.</param>
/// <param name="Ready">Whether it is over and well.</param>
/// <param name="Ingest">Its id once it is uploaded.</param>
/// <param name="Title">The title that it became.</param>
internal sealed record IngestStanding(string File, string State, double Progress, bool Over, bool Ready, Guid? Ingest = null, Guid? Title = null);

/// <summary>Uploads files by the tus protocol and follows each until it is ready or has failed.</summary>
internal sealed class IngestRun(HttpClient http, bool publish, TimeProvider clock)
{
    /// <summary>Of the whole, uploading counts this much; the rest is encoding.</summary>
    private const double UploadShare = 0.2;

    /// <summary>So many answers in a row may be lost, half a minute of them: long enough for a host to be started again.</summary>
    private const int Losses = 15;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _afterLoss = TimeSpan.FromSeconds(2);
    private static readonly string[] _over = ["ready", "failed", "rejected", "cancelled"];

    public async Task<IngestStanding> Take(FileInfo file, Action<IngestStanding> tell, CancellationToken ct)
    {
        try
        {
            var upload = new TusUpload(http, clock);
            var ingest = await upload.Send(file, publish, share => tell(new IngestStanding(file.Name, "uploading", share * UploadShare, false, false)), ct);
            return await Follow(file.Name, ingest, tell, ct);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return new IngestStanding(file.Name, $"failed: {failure.Message}", 0, true, false);
        }
    }

    private async Task<IngestStanding> Follow(string name, Guid ingest, Action<IngestStanding> tell, CancellationToken ct)
    {
        var (progress, lost) = (UploadShare, 0);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync($"/api/catalog/ingests/{ingest}", ct);
                if (answer.StatusCode == HttpStatusCode.NotFound) return new IngestStanding(name, "deleted on the host", 1, true, false, ingest);
                answer.EnsureSuccessStatusCode();
                var view = (await answer.Content.ReadFromJsonAsync<IngestView>(JsonSerializerOptions.Web, ct))!;
                (progress, lost) = (UploadShare + ((1 - UploadShare) * view.Progress), 0);
                var over = _over.Contains(view.State);
                var words = view.Failure is { } failure ? $"{view.State}: {failure.Message}" : view.StateText;
                var standing = new IngestStanding(name, words, progress, over, view.State == "ready", ingest, view.TitleId);
                if (over) return standing;
                tell(standing);
                await Task.Delay(_interval, clock, ct);
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                // What the host does with the file it does without us; only we do not see it.
                if (++lost > Losses)
                    return new IngestStanding(name, $"not known: uploaded, but the host answers no more ({failure.Message}) Studio shows how it goes on.", progress, true, false, ingest);
                tell(new IngestStanding(name, "the host does not answer; asking again", progress, false, false, ingest));
                await Task.Delay(_afterLoss, clock, ct);
            }
        }
    }

    /// <summary>A connection that broke, or a host that is starting, stopping or busy; other refusals are final.</summary>
    private static bool IsPassing(Exception failure) => failure
        is HttpRequestException { StatusCode: null or >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests }
        or IOException or JsonException;
}
