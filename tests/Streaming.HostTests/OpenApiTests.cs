using System.Text.Json;
using Snapshooter.NUnit;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    [Test]
    public async Task The_api_changes_only_where_a_reviewer_sees_it()
    {
        await using var host = await TestHost.Start();
        using var client = host.Anonymous();

        var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));

        Snapshot.Match(JsonSerializer.Serialize(document, _indented), "openapi.v1");
    }
}
