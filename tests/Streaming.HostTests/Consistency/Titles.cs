using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Consistency;

/// <summary>A publisher's work on metadata, over HTTP.</summary>
internal static class Titles
{
    public static async Task<Guid> NewTitle(this HttpClient client, string name) =>
        (await (await client.PostAsJsonAsync("/api/catalog/titles", new { name, kind = "film" })).Json(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    public static async Task<HttpResponseMessage> Rename(this HttpClient client, Guid title, string name, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/catalog/titles/{title}") { Content = JsonContent.Create(new { name }) };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        return await client.SendAsync(request, ct);
    }

    public static async Task<(string Name, string Consistency)> Title(this HttpClient client, Guid title)
    {
        using var answer = await client.GetAsync($"/api/catalog/titles/{title}");
        return ((await answer.Json()).GetProperty("name").GetString()!, answer.Consistency());
    }

    public static string Consistency(this HttpResponseMessage answer) => answer.Header("Streaming-Consistency");

    public static string Position(this HttpResponseMessage answer) => answer.Header("Streaming-Position");

    public static async Task<JsonElement> Board(this HttpClient client) => await (await client.GetAsync("/ops/consistency")).Json();

    public static JsonElement Server(this JsonElement board, string name) =>
        board.GetProperty("servers").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name);

    private static string Header(this HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
