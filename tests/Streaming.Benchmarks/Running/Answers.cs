using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Streaming.Benchmarks.Running;

internal static class Answers
{
    /// <summary>A number measured on an answer that is not the right one is worth nothing.</summary>
    public static async Task Expect(this HttpResponseMessage answer, HttpStatusCode status, CancellationToken ct)
    {
        if (answer.StatusCode == status) return;
        throw new InvalidOperationException(
            $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }

    public static async Task<JsonElement> Post(this HttpClient client, string path, object body, HttpStatusCode status, CancellationToken ct)
    {
        using var answer = await client.PostAsJsonAsync(path, body, ct);
        await answer.Expect(status, ct);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
    }

    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;

    /// <summary>The addresses that a playlist names, in order, its initialisation segment first.</summary>
    public static IEnumerable<string> Addresses(string playlist)
    {
        foreach (var line in playlist.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = line.IndexOf("URI=\"", StringComparison.Ordinal);
            if (line[0] != '#') yield return line;
            else if (at >= 0) yield return line[(at + 5)..line.IndexOf('"', at + 5)];
        }
    }
}
