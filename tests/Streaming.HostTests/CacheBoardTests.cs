using System.Net;
using System.Net.Http.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

public sealed class CacheBoardTests
{
    [Test]
    public async Task An_operator_sees_that_a_home_page_asked_for_twice_is_gathered_once()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        for (var i = 0; i < 20; i++) Assert.That((await client.GetAsync("/api/recommendations/home")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        var report = await (await client.GetAsync("/ops/cache")).Json();
        Assert.That(report.GetProperty("mode").GetString(), Is.EqualTo("memory"));
        Assert.That(report.GetProperty("reads").GetInt64(), Is.GreaterThanOrEqualTo(20));
        Assert.That(report.GetProperty("hits").GetInt64(), Is.InRange(1, report.GetProperty("reads").GetInt64() - 1));
        var uses = report.GetProperty("uses").EnumerateArray().ToDictionary(u => u.GetProperty("use").GetString()!, u => u.GetProperty("hitPercent").GetDouble());
        Assert.That(uses["recommendations:home"], Is.GreaterThan(90), "one of twenty was gathered");
        Assert.That(uses["users:session"], Is.GreaterThan(50));
    }

    [Test]
    public async Task Nobody_else_sees_it()
    {
        await using var host = await TestHost.Start();
        using var stranger = host.Anonymous();
        await stranger.PostAsJsonAsync("/api/users/register", new { email = "viewer@example.test", password = TestHost.OperatorPassword });
        using var viewer = await host.SignedIn("viewer@example.test");
        Assert.That((await stranger.GetAsync("/ops/cache")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await viewer.GetAsync("/ops/cache")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }
}
