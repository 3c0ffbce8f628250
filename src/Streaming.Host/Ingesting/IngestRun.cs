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
internal sealed class IngestRun(IngestTarget target, bool publish, TimeProvider clock)
{
    /// <summary>Of the whole, uploading counts this much; the rest is encoding.</summary>
    private const double UploadShare = 0.2;

    private static readonly string[] _over = ["ready", "failed", "rejected", "cancelled"];

    public async Task<IngestStanding> Take(FileInfo file, Action<IngestStanding> tell, CancellationToken ct)
    {
        try
        {
            var upload = new TusUpload(target.Http, clock);
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
        while (true)
        {
            using var answer = await target.Http.GetAsync($"/api/catalog/ingests/{ingest}", ct);
            if (answer.StatusCode == HttpStatusCode.NotFound) return new IngestStanding(name, "deleted on the host", 1, true, false, ingest);
            answer.EnsureSuccessStatusCode();
            var view = (await answer.Content.ReadFromJsonAsync<IngestView>(JsonSerializerOptions.Web, ct))!;
            var over = _over.Contains(view.State);
            var words = view.Failure is { } failure ? $"{view.State}: {failure.Message}" : view.StateText;
            var standing = new IngestStanding(name, words, UploadShare + ((1 - UploadShare) * view.Progress), over, view.State == "ready", ingest, view.TitleId);
            if (over) return standing;
            tell(standing);
            await Task.Delay(TimeSpan.FromMilliseconds(300), clock, ct);
        }
    }
}
