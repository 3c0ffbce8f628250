using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.Host.Ingesting;

namespace Streaming.HostTests.Fixtures;

/// <summary>What a publisher does, over HTTP.</summary>
internal static class Studio
{
    private static readonly string[] _over = ["ready", "failed", "rejected", "cancelled"];

    public static Task<Guid> Upload(this HttpClient client, FileInfo file, bool publish = false) =>
        new TusUpload(client, TimeProvider.System).Send(file, publish, _ => { }, CancellationToken.None);

    public static async Task<JsonElement> Ingest(this HttpClient client, Guid id) => await (await client.GetAsync($"/api/catalog/ingests/{id}")).Json();

    /// <summary>Follows an ingest until nothing more happens with it.</summary>
    public static Task<JsonElement> Settled(this HttpClient client, Guid ingest, int seconds = 120) =>
        client.Until(ingest, view => _over.Contains(view.GetProperty("state").GetString()), seconds);

    public static async Task<JsonElement> Until(this HttpClient client, Guid ingest, Func<JsonElement, bool> reached, int seconds = 120)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var view = await client.Ingest(ingest);
            if (reached(view)) return view;
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(seconds), $"still {view}");
            await Task.Delay(50);
        }
    }

    /// <summary>Takes a file all the way to a published title and answers with the title's id.</summary>
    public static async Task<Guid> Release(this HttpClient client, FileInfo file)
    {
        var view = await client.Settled(await client.Upload(file, publish: true));
        Assert.That(view.GetProperty("state").GetString(), Is.EqualTo("ready"), view.ToString());
        return view.GetProperty("titleId").GetGuid();
    }

    /// <summary>A published title that takes no encoding.</summary>
    public static async Task<Guid> Series(this HttpClient client, string name)
    {
        var draft = await (await client.PostAsJsonAsync("/api/catalog/titles", new { kind = "series", name })).Json(HttpStatusCode.Created);
        var id = draft.GetProperty("id").GetGuid();
        using var publish = new HttpRequestMessage(HttpMethod.Post, $"/api/catalog/titles/{id}/publish");
        using var published = await client.SendAsync(publish);
        Assert.That(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        return id;
    }

    /// <summary>Waits until a deleted ingest is no longer there.</summary>
    public static async Task Gone(this HttpClient client, Guid ingest, int seconds = 20)
    {
        for (var since = Stopwatch.StartNew(); (await client.GetAsync($"/api/catalog/ingests/{ingest}")).StatusCode != HttpStatusCode.NotFound; await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(seconds), "still there");
    }

    public static async Task UntilPlayable(this HttpClient client, Guid title, int seconds = 60)
    {
        for (var since = Stopwatch.StartNew(); !(await (await client.GetAsync($"/api/catalog/titles/{title}")).Json()).GetProperty("playable").GetBoolean(); await Task.Delay(50))
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(seconds), "not playable yet");
    }

    public static async Task<JsonElement> Play(this HttpClient client, Guid title) =>
        await (await client.PostAsJsonAsync("/api/playback/sessions", new { titleId = title })).Json(HttpStatusCode.Created);
}
