using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Operations;

/// <summary>Metrics, traces and logs as OTLP, to a collector that only keeps what it is sent.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CollectorTests
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<byte[]>> _received = new();

    [Test]
    public async Task All_three_signals_arrive_and_logs_and_spans_carry_the_request_s_trace()
    {
        await using var collector = await Collect();
        byte[] trace;
        await using (var host = await TestHost.Start(null, ("telemetry:otlp", collector.Urls.Single()), ("telemetry:otlpProtocol", "http"),
            ("logging:loglevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Information")))
        {
            using var client = await host.SignedIn();
            using var answer = await client.GetAsync("/api/recommendations/home");
            trace = Convert.FromHexString(answer.Headers.GetValues("traceparent").Single().Split('-')[1]);
            // What has not been sent yet is sent when the host stops; the span ends a moment after its answer.
            await Task.Delay(200);
        }

        Assert.Multiple(() =>
        {
            Assert.That(Has("metrics", "http.server.request.duration"u8) && Has("metrics", "streaming.resilience.duration"u8), Is.True);
            Assert.That(Has("traces", trace) && Has("traces", "recommendations.home"u8), Is.True, "traces");
            Assert.That(Has("logs", trace) && Has("logs", "/api/recommendations/home"u8), Is.True, "logs");
        });
    }

    [Test]
    public async Task Of_what_is_not_to_be_sampled_no_span_is_sent_but_metrics_are()
    {
        await using var collector = await Collect();
        await using (var host = await TestHost.Start(null, ("telemetry:otlp", collector.Urls.Single()), ("telemetry:otlpProtocol", "http"), ("telemetry:sampleRatio", "0")))
        {
            using var client = await host.SignedIn();
            await client.GetAsync("/api/recommendations/home");
        }

        Assert.That((_received.ContainsKey("traces"), Has("metrics", "http.server.request.duration"u8)), Is.EqualTo((false, true)));
    }

    [TestCase("telemetry:otlp", "collector:4317")]
    [TestCase("telemetry:otlpProtocol", "carrier-pigeon")]
    [TestCase("telemetry:sampleRatio", "5")]
    [TestCase("telemetry:sampleRatio", "NaN")]
    public void A_setting_that_is_not_right_stops_the_start_and_is_named(string key, string value)
    {
        var failure = Assert.CatchAsync(() => TestHost.Start(null, ("telemetry:otlp", "http://127.0.0.1:1"), (key, value)));
        Assert.That(failure!.ToString(), Does.Contain($"{key} is '{value}'"));
    }

    private bool Has(string signal, ReadOnlySpan<byte> part)
    {
        foreach (var body in _received.GetValueOrDefault(signal) ?? [])
            if (body.AsSpan().IndexOf(part) >= 0) return true;
        return false;
    }

    private async Task<WebApplication> Collect()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/v1/{signal}", async (string signal, HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            _received.GetOrAdd(signal, _ => []).Add(body.ToArray());
            http.Response.ContentType = "application/x-protobuf";
        });
        await collector.StartAsync();
        return collector;
    }
}
