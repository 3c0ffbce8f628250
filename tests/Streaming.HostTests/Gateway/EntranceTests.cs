using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Dial;

namespace Streaming.HostTests.Gateway;

/// <summary>What reaches an endpoint of what a client says about itself.</summary>
public sealed class EntranceTests
{
    private const string Id = "X-Request-Id";

    [Test]
    public async Task Forged_internal_headers_and_forwarded_addresses_reach_nobody()
    {
        await using var host = await TestHost.Start(null, Mirror);
        using var client = host.Anonymous();
        using var request = Forged("/api/mirror");

        using var answer = await client.SendAsync(request);
        var seen = await answer.Json();

        Assert.Multiple(() =>
        {
            Assert.That(seen.GetProperty("address").GetString(), Is.EqualTo("127.0.0.1"));
            Assert.That(seen.GetProperty("scheme").GetString(), Is.EqualTo("http"));
            Assert.That(seen.GetProperty("host").GetString(), Is.EqualTo(host.Url.Authority));
            Assert.That(seen.GetProperty("headers").ToString(), Does.Not.Contain("streaming-internal").And.Not.Contain("forwarded"));
            Assert.That(answer.Headers.GetValues(Id).Single(), Is.Not.EqualTo("from-the-client"));
            Assert.That(Guid.Parse(answer.Headers.GetValues(Id).Single()).Version, Is.EqualTo(7));
        });
    }

    [Test]
    public async Task A_trusted_proxy_is_believed_but_for_what_only_we_may_say()
    {
        await using var host = await TestHost.Start(null, Mirror, ("gateway:trustedProxies", "127.0.0.0/8, 10.0.0.1"));
        using var client = host.Anonymous();
        using var request = Forged("/api/mirror");

        using var answer = await client.SendAsync(request);
        var seen = await answer.Json();

        Assert.Multiple(() =>
        {
            // The chain is walked from its end as far as it is trusted.
            Assert.That(seen.GetProperty("address").GetString(), Is.EqualTo("203.0.113.9"));
            Assert.That(seen.GetProperty("scheme").GetString(), Is.EqualTo("https"));
            Assert.That(seen.GetProperty("host").GetString(), Is.EqualTo(host.Url.Authority));
            Assert.That(seen.GetProperty("headers").ToString(), Does.Not.Contain("streaming-internal").And.Not.Contain("x-forwarded"));
            Assert.That(answer.Headers.GetValues(Id).Single(), Is.EqualTo("from-the-client"));
            Assert.That(answer.Headers.Contains("Strict-Transport-Security"), Is.False, "127.0.0.1 is left out of HSTS");
        });
    }

    [Test]
    public async Task Https_is_told_to_stay_so()
    {
        await using var host = await TestHost.Start(null, ("gateway:trustedProxies", "127.0.0.1"));
        using var client = host.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { { "X-Forwarded-For", "203.0.113.9" }, { "X-Forwarded-Proto", "https" }, { "Host", "films.example.test" } } };
        using var answer = await client.SendAsync(request);
        Assert.That(answer.Headers.GetValues("Strict-Transport-Security").Single(), Does.StartWith("max-age=31536000"));
    }

    [Test]
    public async Task A_problem_names_its_request_and_its_trace_and_so_do_the_headers()
    {
        await using var host = await TestHost.Start();
        using var client = host.Anonymous();
        using var answer = await client.GetAsync("/api/nothing/here");
        var problem = await answer.Problem(HttpStatusCode.NotFound);
        Assert.Multiple(() =>
        {
            Assert.That(problem.GetProperty("requestId").GetString(), Is.EqualTo(answer.Headers.GetValues(Id).Single()));
            Assert.That(answer.Headers.GetValues("traceparent").Single(), Does.Contain(problem.GetProperty("traceId").GetString()));
        });
    }

    [Test]
    public async Task What_breaks_is_answered_with_all_the_headers_too()
    {
        await using var host = await TestHost.Start(null, routes => routes.MapGet("/api/broken", () => { throw new InvalidOperationException("broken"); }));
        using var client = host.Anonymous();
        using var answer = await client.GetAsync("/api/broken");
        await answer.Problem(HttpStatusCode.InternalServerError);
        Assert.That(answer.Headers.Contains(Id) && answer.Headers.Contains("Content-Security-Policy"), Is.True);
    }

    [Test]
    public async Task A_request_has_ten_seconds_or_the_less_that_its_client_asks_for()
    {
        await using var host = await TestHost.Start(null, Mirror);
        using var client = host.Anonymous();

        Assert.That(await Left(null), Is.InRange(5_000, 10_000));
        Assert.That(await Left("1500"), Is.InRange(1, 1_500));
        Assert.That(await Left("600000"), Is.InRange(5_000, 10_000));
        Assert.That(await Left("1500", "/api/mirror/stream"), Is.EqualTo(-1), "what streams has no end");
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/api/mirror") { Headers = { { "Streaming-Deadline-Ms", "soon" } } };
        await (await client.SendAsync(wrong)).Problem(HttpStatusCode.BadRequest);

        async Task<double> Left(string? asked, string path = "/api/mirror")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (asked is not null) request.Headers.Add("Streaming-Deadline-Ms", asked);
            return (await (await client.SendAsync(request)).Json()).GetProperty("left").GetDouble();
        }
    }

    [Test]
    public async Task Only_pages_of_named_sites_may_use_the_api()
    {
        await using var host = await TestHost.Start(null, ("gateway:cors:origins:0", "https://studio.example.org"));
        using var client = host.Anonymous();
        Assert.That(await Allowed("https://studio.example.org", "/api/catalog/titles"), Is.EqualTo("https://studio.example.org"));
        Assert.That(await Allowed("https://evil.example.org", "/api/catalog/titles"), Is.Null);
        Assert.That(await Allowed("https://studio.example.org", "/sign-in"), Is.Null);

        async Task<string?> Allowed(string origin, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Origin", origin } } };
            using var answer = await client.SendAsync(request);
            Assert.That(answer.Headers.Contains("Access-Control-Allow-Credentials"), Is.False);
            return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
        }
    }

    private static HttpRequestMessage Forged(string path) => new(HttpMethod.Get, path)
    {
        Headers =
        {
            { "Streaming-Internal-Caller", "system" },
            { "streaming-internal-dial", "canary" },
            { "X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.0.0.1" },
            { "X-Forwarded-Proto", "https, https, https" },
            { "X-Forwarded-Host", "evil.example.test" },
            { "Forwarded", "for=198.51.100.1" },
            { Id, "from-the-client" },
        },
    };

    private static void Mirror(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/mirror", See);
        routes.MapGet("/api/mirror/stream", See).Produces(200, contentType: "text/event-stream");
    }

    private static object See(HttpContext http, CallContext call, TimeProvider clock) => new
    {
        address = $"{http.Connection.RemoteIpAddress}",
        scheme = http.Request.Scheme,
        host = $"{http.Request.Host}",
        headers = http.Request.Headers.Select(h => h.Key.ToLowerInvariant()),
        left = call.Deadline is { } deadline ? clock.GetElapsedTime(clock.GetTimestamp(), deadline).TotalMilliseconds : -1,
    };
}
