using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Gateway.Forwarding;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Gateway;

public sealed class RateLimitTests
{
    [Test]
    public async Task Who_sends_too_much_is_told_when_to_come_back_and_others_are_served()
    {
        await using var host = await TestHost.Start(
            null, ("gateway:limits:address:burst", "20"), ("gateway:limits:address:perSecond", "0.5"), ("gateway:trustedProxies", "127.0.0.1"));
        using var client = host.Anonymous();
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 25; i++) answers.Add(await Get(client, "203.0.113.9"));

        Assert.That(answers.Take(20).All(a => a.StatusCode == HttpStatusCode.OK), Is.True);
        Assert.That(answers[0].Headers.Contains("RateLimit"), Is.False, "far from the limit it would only be bytes");
        Assert.That(answers[19].Headers.GetValues("RateLimit").Single(), Does.StartWith("\"address\";r=0;t="));
        var refused = answers[^1];
        var problem = await refused.Problem(HttpStatusCode.TooManyRequests);
        Assert.Multiple(() =>
        {
            Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("urn:streaming:error:rate-limited"));
            Assert.That(refused.Headers.RetryAfter?.Delta?.TotalSeconds, Is.InRange(1, 2));
            Assert.That(refused.Headers.GetValues("RateLimit-Policy").Single(), Is.EqualTo("\"address\";q=20;w=40"));
            Assert.That(refused.Headers.GetValues("RateLimit").Single(), Does.Match("^\"address\";r=0;t=[12]$"));
        });
        Assert.That((await Get(client, "203.0.113.10")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.GetAsync("/health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "probes are never limited");
        foreach (var answer in answers) answer.Dispose();
    }

    [Test]
    public async Task An_account_has_a_limit_of_its_own_wherever_it_comes_from()
    {
        await using var host = await TestHost.Start(
            null, ("gateway:limits:user:burst", "5"), ("gateway:limits:user:perSecond", "0.01"), ("gateway:trustedProxies", "127.0.0.1"));
        using var client = host.Anonymous();
        await client.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++) statuses.Add((await Get(client, $"203.0.113.{i}")).StatusCode);

        Assert.That(statuses.Count(s => s == HttpStatusCode.OK), Is.EqualTo(4), "one went to reading the profiles");
        Assert.That(statuses[^1], Is.EqualTo(HttpStatusCode.TooManyRequests));
        using var stranger = host.Anonymous();
        Assert.That((await Get(stranger, "203.0.113.1")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Nobody_is_looked_up_whose_address_has_no_token_left()
    {
        await using var host = await TestHost.Start(null, ("gateway:limits:address:burst", "8"), ("gateway:limits:address:perSecond", "0.01"));
        using var client = await host.SignedIn();
        var lookedUp = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "aspnetcore.authentication.authenticate.duration" && ReferenceEquals(instrument.Meter.Scope, host.Services.GetRequiredService<IMeterFactory>()))
                to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (tags.ToArray().Contains(new KeyValuePair<string, object?>("aspnetcore.authentication.scheme", "streaming"))) Interlocked.Increment(ref lookedUp);
        });
        listener.Start();

        var served = 0;
        for (var i = 0; i < 12; i++)
            if ((await Get(client, "203.0.113.9")).IsSuccessStatusCode) served++;

        Assert.That(served, Is.InRange(1, 8));
        Assert.That(lookedUp, Is.EqualTo(served), "once each, and not at all where they were refused");
    }

    [Test]
    public async Task What_another_host_has_counted_is_not_counted_again_and_nobody_can_say_so_for_themselves()
    {
        await using var host = await TestHost.Start(
            null, ("gateway:limits:address:burst", "3"), ("gateway:limits:address:perSecond", "0.01"), ("gateway:trustedProxies", "127.0.0.1"));
        using var client = host.Anonymous();
        var proof = host.Services.GetRequiredService<GatewayProof>().Current;

        Assert.That(await Statuses(client, "203.0.113.7", proof, 8), Is.All.EqualTo(HttpStatusCode.OK));
        foreach (var (address, forged) in new[] { ("203.0.113.8", "made up"), ("203.0.113.9", $"{proof}x"), ("203.0.113.10", "") })
            Assert.That((await Statuses(client, address, forged, 8)).Count(s => s == HttpStatusCode.OK), Is.EqualTo(3), $"'{forged}'");
    }

    [Test]
    public async Task Signing_in_is_bounded_more_tightly_than_the_rest_for_programs_and_for_people()
    {
        await using var host = await TestHost.Start(null, ("gateway:limits:sign-in:burst", "3"), ("gateway:limits:sign-in:perSecond", "0.01"));
        using var client = host.Anonymous();
        for (var i = 0; i < 3; i++)
            await (await client.PostAsJsonAsync("/api/users/sign-in", new { email = $"nobody{i}@example.test", password = "wrong wrong" })).Problem(HttpStatusCode.Unauthorized);

        await (await client.PostAsJsonAsync("/api/users/sign-in", new { email = "x@example.test", password = "wrong wrong" })).Problem(HttpStatusCode.TooManyRequests);
        using var form = new HttpRequestMessage(HttpMethod.Post, "/account/sign-in") { Content = new FormUrlEncodedContent([]), Headers = { { "Accept", "text/html" } } };
        using var page = await client.SendAsync(form);
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("<h1>Too many requests</h1>"));
        Assert.That((await client.GetAsync("/api/catalog/titles")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task What_there_is_no_room_for_is_shed_with_a_hint_and_probes_still_answer()
    {
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await TestHost.Start(
            null,
            routes => routes.MapGet("/api/operations/slow", async () =>
            {
                entered.TrySetResult();
                await release.Task;
            }),
            ("gateway:shedding:minimum", "1"), ("gateway:shedding:initial", "2"));
        using var client = host.Anonymous();
        var slow = client.GetAsync("/api/operations/slow");
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(10));

        using var shed = await client.GetAsync("/api/operations/slow");
        var problem = await shed.Problem(HttpStatusCode.ServiceUnavailable);
        Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("urn:streaming:error:shed"));
        Assert.That(shed.Headers.RetryAfter?.Delta?.TotalSeconds, Is.EqualTo(5), "background work waits longest");
        Assert.That((await client.GetAsync("/health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.GetAsync("/api/playback/sessions/0198c0de-0000-7000-8000-000000000000")).StatusCode, Is.Not.EqualTo(HttpStatusCode.ServiceUnavailable));

        release.SetResult();
        Assert.That((await slow).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.GetAsync("/api/operations/slow")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "the place is free again");
    }

    [TestCase("gateway:limits:address:burst", "0", "gateway:limits:address:burst")]
    [TestCase("gateway:limits:adress:perSecond", "5", "gateway:limits:adress is not known. There are address")]
    [TestCase("gateway:limits:address:perSecnd", "5", "gateway:limits:address")]
    [TestCase("gatway:deadlineMs", "500", "gatway is not known. There are cache, catalog")]
    [TestCase("telemetry:otlpProtocl", "grpc", "telemetry:otlpProtocl is not known")]
    [TestCase("dial:catalogue", "round-trip", "dial:catalogue is not known")]
    [TestCase("users:registraton:open", "false", "users:registraton is not known. There are operator, registration.")]
    [TestCase("gateway:trustedProxies", "10.0.0.0/33", "gateway:trustedProxies")]
    [TestCase("gateway:deadlineMs", "forever", "gateway:deadlineMs")]
    [TestCase("gateway:limits:redis", "redis:6379,pasword=secret", "gateway:limits:redis")]
    [TestCase("gateway:cors:origins:0", "https://a.example.org/path", "gateway:cors:origins")]
    [TestCase("gateway:sheding:minimum", "5", "gateway:sheding")]
    public void What_is_not_right_stops_the_start_and_names_its_key(string key, string value, string named) =>
        Assert.That(async () => await TestHost.Start(null, (key, value)), Throws.Exception.Message.Contains(named));

    private static async Task<List<HttpStatusCode>> Statuses(HttpClient client, string address, string proof, int times)
    {
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/catalog/genres") { Headers = { { "X-Forwarded-For", address }, { ForwardedRequest.By, "a host" } } };
            if (proof.Length > 0) request.Headers.Add(GatewayProof.Header, proof);
            using var answer = await client.SendAsync(request);
            statuses.Add(answer.StatusCode);
        }

        return statuses;
    }

    private static Task<HttpResponseMessage> Get(HttpClient client, string address) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/catalog/genres") { Headers = { { "X-Forwarded-For", address } } });
}
