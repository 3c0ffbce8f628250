using System.Text.Json;
using Snapshooter.NUnit;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    [TestCase("/api/users/sign-in", "post", "email", "password")]
    [TestCase("/api/users/accounts/{id}/roles", "put", "roles")]
    [TestCase("/api/users/profiles", "post", "colour", "maturityLimit", "name")]
    [TestCase("/api/playback/sessions", "post", "profileId", "titleId")]
    public async Task Slices_that_name_their_bodies_alike_are_described_each_by_its_own_members(string path, string method, params string[] members)
    {
        await using var host = await TestHost.Start();
        using var client = host.Anonymous();
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));

        var schema = document.RootElement.GetProperty("paths").GetProperty(path).GetProperty(method)
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()!;
        var body = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty(schema["#/components/schemas/".Length..]);
        Assert.That(body.GetProperty("properties").EnumerateObject().Select(p => p.Name), Is.EquivalentTo(members));
    }

    [Test]
    public async Task The_api_changes_only_where_a_reviewer_sees_it()
    {
        await using var host = await TestHost.Start();
        using var client = host.Anonymous();

        var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));

        Snapshot.Match(JsonSerializer.Serialize(document, _indented), "openapi.v1");
    }
}
