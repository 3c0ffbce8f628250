using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Gateway.Forwarding;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Dial.Instances;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>What passes between the gateway and its instances, and what does not.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HopTests : IAsyncDisposable
{
    private const string Titles = "/api/catalog/titles";

    private readonly List<IAsyncDisposable> _resources = [];

    public async ValueTask DisposeAsync()
    {
        for (var i = _resources.Count - 1; i >= 0; i--) await _resources[i].DisposeAsync();
    }

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
            Assert.That(headers.Keys.Where(h => h.StartsWith("Streaming-", StringComparison.OrdinalIgnoreCase)), Is.EquivalentTo(new[] { "Streaming-Deadline-Ms", "Streaming-Internal-Forwarded" }));
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
    public async Task A_question_that_one_instance_fails_is_answered_by_another()
    {
        var ways = new[] { ("catalog", Titles, "reset"), ("users", "/api/users/me", "half"), ("playback", "/api/playback/continue-watching", "502"), ("recommendations", "/api/recommendations/home", "503") };
        var bad = new List<StubInstance>();
        var settings = new List<(string, string)>();
        foreach (var (module, _, how) in ways)
        {
            bad.Add(await Stub($"bad-{module}"));
            bad[^1].Answer = http => Break(http, how);
            settings.AddRange(Forwards.To(module, "100", bad[^1], await Stub($"good-{module}")));
        }

        var host = await Gateway([.. settings]);
        using var client = host.Anonymous();
        foreach (var ((module, path, how), stub) in ways.Zip(bad))
        {
            for (var i = 0; i < 20; i++)
            {
                using var answer = await client.GetAsync(path);
                Assert.That((answer.StatusCode, answer.ServedBy(), await answer.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.OK, $"good-{module}", "from an instance")), how);
            }

            // Not more often than it takes to leave it alone; one of those may have been a hedge.
            Assert.That(stub.Seen, Has.Count.InRange(1, 6), how);
            Assert.That(host.Services.GetRequiredService<InstanceSet>().All.Single(i => i.At.Name == stub.Name).State, Is.EqualTo(InstanceState.Out), how);
        }
    }

    [Test]
    public async Task Work_that_was_refused_is_not_sent_again()
    {
        var (one, other) = (await Stub("a"), await Stub("b"));
        var host = await Gateway([.. Forwards.To("catalog", "100", one, other), ("gateway:forwarding:catalog:hedgeUnknownMs", "5000")]);
        using var client = host.Anonymous();
        for (var i = 1; i <= 10; i++)
        {
            var status = i % 2 == 0 ? 429 : 503;
            one.Answer = other.Answer = http =>
            {
                (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (status, "3");
                return Task.CompletedTask;
            };
            using var answer = await client.GetAsync(Titles);
            Assert.That(((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString()), Is.EqualTo((status, "3")));
            Assert.That(one.Seen.Count + other.Seen.Count, Is.EqualTo(i));
        }
    }

    [Test]
    public async Task A_slow_instance_is_not_waited_for_and_its_work_is_called_off()
    {
        var (slow, quick) = (await Stub("slow"), await Stub("quick"));
        var calledOff = new TaskCompletionSource();
        slow.Answer = async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            calledOff.TrySetResult();
        };
        var host = await Gateway([.. Forwards.To("catalog", "100", slow, quick), ("gateway:forwarding:catalog:hedgeUnknownMs", "50")]);
        using var client = host.Anonymous();
        while (slow.Seen.IsEmpty)
        {
            using var answer = await client.GetAsync(Titles);
            Assert.That((answer.StatusCode, answer.ServedBy()), Is.EqualTo((HttpStatusCode.OK, "quick")));
        }

        await calledOff.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(host.Services.GetRequiredService<ForwardingPools>().All.Single().Memory.Hedges, Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task A_change_whose_answer_was_lost_is_not_sent_again_and_says_so()
    {
        var (one, other) = (await Stub("a"), await Stub("b"));
        var host = await Gateway(Forwards.To("users", "100", one, other));
        using var client = host.Anonymous();
        foreach (var body in new object?[] { new { email = "somebody" }, null })
        {
            // On a connection that is kept: what has no body is sent again there by SocketsHttpHandler itself, unless it is kept from it.
            one.Answer = other.Answer = http => http.Response.WriteAsync("done");
            for (var i = 0; i < 4; i++) Assert.That((await client.PostAsync("/api/users/sign-out", null)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
            var before = one.Seen.Count + other.Seen.Count;
            one.Answer = other.Answer = http => Break(http, "reset");

            using var answer = await client.PostAsync("/api/users/sign-out", body is null ? null : JsonContent.Create(body));

            var problem = await answer.Problem(HttpStatusCode.BadGateway);
            Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("urn:streaming:error:answer-lost"));
            Assert.That(one.Seen.Count + other.Seen.Count, Is.EqualTo(before + 1), "once");
            Assert.That(answer.ServedBy(), Is.Null);
        }
    }

    [Test]
    public async Task A_change_that_no_instance_got_is_sent_to_another_and_where_there_is_none_served_here()
    {
        var (one, other) = (await Stub("a"), await Stub("b"));
        var host = await Gateway(Forwards.To("users", "100", one, other));
        using var client = host.Anonymous();
        await one.DisposeAsync();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await client.PostAsJsonAsync("/api/users/sign-in", new { email = TestHost.OperatorEmail, password = TestHost.OperatorPassword });
            Assert.That((answer.StatusCode, answer.ServedBy()), Is.EqualTo((HttpStatusCode.OK, "b")));
        }

        Assert.That(other.Seen.Last().Body, Does.Contain(TestHost.OperatorEmail));
        await other.DisposeAsync();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await client.PostAsJsonAsync("/api/users/sign-in", new { email = TestHost.OperatorEmail, password = TestHost.OperatorPassword });
            var session = await answer.Json();
            Assert.That(answer.ServedBy(), Is.Null);
            Assert.That(session.GetProperty("accessToken").GetString(), Is.Not.Empty, "its body was here in one piece");
        }

        Assert.That(host.Services.GetRequiredService<ForwardingPools>().All.Single().Memory.Of(HopOutcome.Rescued), Is.EqualTo(4));
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
    public async Task A_long_answer_comes_whole_and_a_question_for_its_headers_alone_is_one()
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
    public async Task An_instance_that_does_not_take_this_hosts_word_or_is_this_host_gets_nothing()
    {
        var stub = await Stub("a");
        stub.Trusts = false;
        var host = await Started(Forwards.To("catalog", "100", stub));
        var instance = host.Services.GetRequiredService<InstanceSet>().All.Single();
        await Until(() => instance.Reason == "it does not name this host in its gateway:trustedProxies");
        using var client = host.Anonymous();
        using (var answer = await client.GetAsync(Titles)) Assert.That((answer.StatusCode, answer.ServedBy()), Is.EqualTo((HttpStatusCode.OK, (string?)null)));

        stub.Trusts = true;
        await Until(() => instance.State == InstanceState.In);
        stub.Receiver = host.Services.GetRequiredService<HostIdentity>().Id;
        await Until(() => instance.Reason == "it is this host itself");
        Assert.That(instance.State, Is.EqualTo(InstanceState.Out));
    }

    private static Task Break(HttpContext http, string how)
    {
        switch (how)
        {
            case "reset":
                http.Abort();
                return Task.CompletedTask;
            case "half":
                http.Response.ContentLength = 100;
                return http.Response.WriteAsync("from an").ContinueWith(_ => http.Abort(), TaskScheduler.Default);
            default:
                http.Response.StatusCode = int.Parse(how);
                return Task.CompletedTask;
        }
    }

    private async Task<StubInstance> Stub(string name)
    {
        var stub = await StubInstance.Start(name);
        _resources.Add(stub);
        return stub;
    }

    private async Task<TestHost> Started((string, string)[] settings)
    {
        var host = await TestHost.Start(null, settings);
        _resources.Add(host);
        return host;
    }

    private async Task<TestHost> Gateway((string, string)[] settings)
    {
        var host = await Started(settings);
        await host.AllIn();
        return host;
    }

    private static async Task Until(Func<bool> reached)
    {
        for (var i = 0; i < 200 && !reached(); i++) await Task.Delay(50);
        Assert.That(reached(), Is.True, "not within ten seconds");
    }
}
