using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Gateway.Forwarding;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Dial.Instances;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>What passes between the gateway and its instances, and what does not.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HopTests : HopStage
{
    [Test]
    public async Task An_instance_hears_what_the_client_said_and_who_it_is()
    {
        var stub = await Stub("a");
        stub.Answer = http =>
        {
            http.Response.Headers.Append("Set-Cookie", "one=1");
            http.Response.Headers.Append("Set-Cookie", "two=2");
            http.Response.Headers["Server-Timing"] = "catalog;dur=1.5";
            http.Response.Headers.CacheControl = "private, max-age=7";
            http.Response.Headers["Strict-Transport-Security"] = "max-age=1";
            http.Response.Headers["Content-Security-Policy"] = "default-src *";
            http.Response.StatusCode = 203;
            return http.Response.WriteAsync("hello");
        };
        var host = await Gateway([("gateway:trustedProxies", "127.0.0.1"), .. Forwards.To("catalog", "100", stub)]);
        using var client = host.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Titles}?q=a%20b//c")
        {
            Headers =
            {
                { "Host", "films.example.test" }, { "X-Forwarded-For", "203.0.113.9" }, { "X-Forwarded-Proto", "https" }, { "X-Request-Id", "its-id" },
                { "Cookie", "session=x" }, { "Streaming-Internal-Caller", "system" }, { "Streaming-Deadline-Ms", "5000" }, { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
            },
        };

        using var answer = await client.SendAsync(request);

        var (method, path, headers, _) = stub.Seen.Single();
        Assert.Multiple(() =>
        {
            Assert.That((method, path), Is.EqualTo(("GET", $"{Titles}?q=a%20b//c")));
            Assert.That((headers["Host"], headers["X-Forwarded-For"], headers["X-Forwarded-Proto"], headers["X-Request-Id"], headers["Cookie"]),
                Is.EqualTo(("films.example.test", "203.0.113.9", "https", "its-id", "session=x")));
            Assert.That(headers.Keys.Where(h => h.StartsWith("Streaming-", StringComparison.OrdinalIgnoreCase)), Is.EquivalentTo(new[] { "Streaming-Deadline-Ms", "Streaming-Internal-Forwarded", "Streaming-Internal-Proof" }));
            Assert.That(host.Services.GetRequiredService<GatewayProof>().Maker(headers["Streaming-Internal-Proof"]), Is.EqualTo(host.Services.GetRequiredService<HostIdentity>().Id));
            Assert.That(int.Parse(headers["Streaming-Deadline-Ms"]), Is.InRange(1000, 3000), "the rest is kept for serving it here");
            Assert.That(headers["traceparent"], Does.Contain("0af7651916cd43dd8448eb211c80319c"));

            Assert.That((int)answer.StatusCode, Is.EqualTo(203));
            Assert.That(answer.ServedBy(), Is.EqualTo("a"));
            Assert.That(answer.Headers.GetValues("Set-Cookie"), Is.EqualTo(new[] { "one=1", "two=2" }));
            Assert.That(answer.Headers.GetValues("Server-Timing").Single(), Does.Contain("catalog;dur=1.5"));
            Assert.That(answer.Headers.CacheControl?.ToString(), Is.EqualTo("max-age=7, private"));
            Assert.That(answer.Headers.GetValues("Content-Security-Policy").Single(), Is.EqualTo("default-src 'none'; frame-ancestors 'none'"), "once, and the gateway's");
            Assert.That(answer.Headers.GetValues("Strict-Transport-Security").Single(), Is.EqualTo("max-age=1"), "once");
            Assert.That(answer.Headers.GetValues("X-Request-Id").Single(), Is.EqualTo("its-id"));
            Assert.That(answer.Headers.Any(h => h.Key.StartsWith("Streaming-Internal", StringComparison.OrdinalIgnoreCase)), Is.False);
        });
    }

    [Test]
    public async Task What_lies_on_this_hosts_disk_streams_or_is_too_long_is_served_here()
    {
        var stub = await Stub("a");
        var host = await Gateway([.. Forwards.To("catalog", "100", stub), .. Forwards.To("playback", "100", stub), .. Forwards.To("users", "100", stub), ("gateway:forwarding:users:bodyBytes", "64")]);
        using var client = host.Anonymous();
        foreach (var path in new[] { "/api/catalog/ingests", "/api/catalog/ingests/events", "/m/token/asset/1/master.m3u8", $"/artwork/{Guid.CreateVersion7()}/{new string('0', 64)}.jpg", "/api/experiments/flags", "/health/live", "/", "/ops/forwarding" })
            using (var answer = await client.GetAsync(path)) Assert.That(answer.ServedBy(), Is.Null, path);
        using (var upload = await client.PostAsync("/api/catalog/uploads", null)) Assert.That(upload.ServedBy(), Is.Null);
        // Of a length that is told, and of one that is not; what has been read of it by then is not lost.
        var operator_ = new { email = TestHost.OperatorEmail, password = TestHost.OperatorPassword };
        using (var told = await client.PostAsync("/api/users/sign-in", new StringContent(JsonSerializer.Serialize(operator_), null, "application/json")))
            Assert.That((told.StatusCode, told.ServedBy()), Is.EqualTo((HttpStatusCode.OK, (string?)null)));
        using (var untold = await client.PostAsJsonAsync("/api/users/sign-in", operator_))
            Assert.That((untold.StatusCode, untold.ServedBy()), Is.EqualTo((HttpStatusCode.OK, (string?)null)));
        using var upgrade = new HttpRequestMessage(HttpMethod.Get, Titles) { Headers = { { "Connection", "Upgrade" }, { "Upgrade", "websocket" } } };
        using (var answer = await client.SendAsync(upgrade)) Assert.That(answer.ServedBy(), Is.Null);
        Assert.That(stub.Seen, Is.Empty);

        using (var answer = await client.GetAsync(Titles)) Assert.That(answer.ServedBy(), Is.EqualTo("a"));
        using (var brief = await client.PostAsJsonAsync("/api/users/sign-in", new { email = "a" })) Assert.That(brief.ServedBy(), Is.EqualTo("a"));
        Assert.That(stub.Seen.Last().Body, Is.EqualTo("{\"email\":\"a\"}"));
    }

    [Test]
    public async Task A_long_answer_comes_whole_and_what_the_route_does_not_take_stays_here()
    {
        var stub = await Stub("a");
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(n => $"{n} "));
        stub.Answer = async http =>
        {
            if (http.Request.Query.ContainsKey("sized")) http.Response.ContentLength = text.Length;
            if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.WriteAsync(text);
        };
        var host = await Gateway(Forwards.To("catalog", "100", stub));
        using var client = host.Anonymous();
        Assert.That(await client.GetStringAsync(Titles), Is.EqualTo(text));
        Assert.That(await client.GetStringAsync($"{Titles}?sized"), Is.EqualTo(text));
        // The route takes no HEAD, so it is not the module's and not forwarded.
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Titles));
        Assert.That(head.ServedBy(), Is.Null);
    }

    [Test]
    public async Task What_was_forwarded_is_not_sent_on_and_only_a_trusted_peer_can_say_that_it_was()
    {
        var stub = await Stub("a");
        var trusting = await Gateway([("gateway:trustedProxies", "127.0.0.1"), .. Forwards.To("catalog", "100", stub)]);
        var wary = await Gateway(Forwards.To("catalog", "100", stub));
        foreach (var (host, servedBy) in new[] { (trusting, null), (wary, "a") })
        {
            using var client = host.Anonymous();
            using var request = new HttpRequestMessage(HttpMethod.Get, Titles) { Headers = { { "Streaming-Internal-Forwarded", "somebody" }, { "X-Forwarded-For", "203.0.113.9" } } };
            using var answer = await client.SendAsync(request);
            Assert.That((answer.StatusCode, answer.ServedBy()), Is.EqualTo((HttpStatusCode.OK, servedBy)));
        }
    }

    [Test]
    public async Task An_instance_that_does_not_take_this_hosts_word_or_is_this_host_or_of_another_installation_gets_nothing()
    {
        var stub = await Stub("a");
        stub.Trusts = false;
        var host = await Started(Forwards.To("catalog", "100", stub));
        var instance = host.Services.GetRequiredService<InstanceSet>().All.Single();
        await Until(() => instance.Reason!.StartsWith("it is of another installation", StringComparison.Ordinal));
        using var client = host.Anonymous();
        using (var answer = await client.GetAsync(Titles)) Assert.That((answer.StatusCode, answer.ServedBy()), Is.EqualTo((HttpStatusCode.OK, (string?)null)));

        stub.Trusts = true;
        await Until(() => instance.State == InstanceState.In);
        stub.Receiver = host.Services.GetRequiredService<GatewayProof>().Current;
        await Until(() => instance.Reason == "it is this host itself");
        stub.Receiver = new GatewayProof(new EphemeralDataProtectionProvider(), new HostIdentity(), TimeProvider.System).Current;
        await Until(() => instance.Reason!.StartsWith("it is of another installation", StringComparison.Ordinal));
        Assert.That(instance.State, Is.EqualTo(InstanceState.Out));
    }

    private static async Task Until(Func<bool> reached)
    {
        for (var i = 0; i < 200 && !reached(); i++) await Task.Delay(50);
        Assert.That(reached(), Is.True, "not within ten seconds");
    }
}
