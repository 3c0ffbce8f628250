using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Streaming.HostTests.Fixtures;

internal static class Answers
{
    public static async Task<JsonElement> Json(this HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        Assert.That(answer.StatusCode, Is.EqualTo(expected), await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The answer is problem details of this status, with the members that every problem has.</summary>
    public static async Task<JsonElement> Problem(this HttpResponseMessage answer, HttpStatusCode expected)
    {
        Assert.That(answer.StatusCode, Is.EqualTo(expected), await answer.Content.ReadAsStringAsync());
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Multiple(() =>
        {
            Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo((int)expected));
            Assert.That(problem.GetProperty("type").GetString(), Does.StartWith("urn:streaming:"));
            Assert.That(problem.TryGetProperty("traceId", out _), Is.True);
            Assert.That(problem.TryGetProperty("detail", out var detail) ? detail.GetString() : "", Does.EndWith("."), "what to do");
        });
        return problem;
    }

    /// <summary>Makes the client carry the access token of an account, with its first profile chosen.</summary>
    public static async Task SignIn(this HttpClient client, string email, string password)
    {
        var signedIn = await (await client.PostAsJsonAsync("/api/users/sign-in", new { email, password })).Json();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.GetProperty("accessToken").GetString());
        var profiles = await (await client.GetAsync("/api/users/profiles")).Json();
        client.DefaultRequestHeaders.Add("Streaming-Profile", profiles.GetProperty("items")[0].GetProperty("id").GetString());
    }
}
