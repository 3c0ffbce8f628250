using System.Net;
using System.Text.Json;
using Streaming.Host.Ingesting;

namespace Streaming.Benchmarks.Running;

/// <summary>What a publisher does, over HTTP.</summary>
internal static class Studio
{
    private static readonly string[] _wrong = ["failed", "rejected", "cancelled", "paused"];

    public static Task<Guid> Upload(this HttpClient client, FileInfo file, CancellationToken ct) =>
        new TusUpload(client, TimeProvider.System).Send(file, publish: true, _ => { }, ct);

    /// <summary>Waits until an ingest is ready and answers with its title.</summary>
    public static async Task<Guid> Ready(this HttpClient client, Guid ingest, CancellationToken ct)
    {
        while (true)
        {
            var view = await client.Ingest(ingest, ct);
            if (view.Text("state") == "ready") return view.GetProperty("titleId").GetGuid();
            await Task.Delay(500, ct);
        }
    }

    public static async Task<JsonElement> Ingest(this HttpClient client, Guid ingest, CancellationToken ct)
    {
        using var answer = await client.GetAsync($"/api/catalog/ingests/{ingest}", ct);
        await answer.Expect(HttpStatusCode.OK, ct);
        var view = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(ct));
        if (_wrong.Contains(view.Text("state"))) throw new InvalidOperationException($"The ingest went wrong: {view}");
        return view;
    }
}
