using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Operations;

/// <summary>A request's way through the modules, and what was logged on it.</summary>
public sealed partial class TraceTests
{
    [Test]
    public async Task Spans_nest_from_the_request_through_the_contracts()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "streaming.contracts",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);

        using var answer = await client.GetAsync("/api/recommendations/home");
        var trace = answer.Headers.GetValues("traceparent").Single().Split('-')[1];
        for (var i = 0; i < 200 && !Of(trace).Any(a => a.Kind == ActivityKind.Server); i++) await Task.Delay(25);

        var request = Of(trace).Single(a => a.Kind == ActivityKind.Server);
        var home = Of(trace).Single(a => a.OperationName == "recommendations.home");
        var inner = Of(trace).Where(a => a.OperationName.StartsWith("catalog.", StringComparison.Ordinal)).ToArray();
        Assert.That(home.ParentSpanId, Is.EqualTo(request.SpanId));
        Assert.That(inner, Is.Not.Empty, string.Join(", ", Of(trace).Select(a => a.OperationName)));
        Assert.That(inner.Select(a => a.ParentSpanId), Is.All.EqualTo(home.SpanId));

        IEnumerable<Activity> Of(string id) => ended.Where(a => a.TraceId.ToHexString() == id);
    }

    [Test]
    public async Task A_line_of_the_json_log_names_the_trace_the_span_and_the_request()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-log-").FullName;
        var program = Path.Combine(TestContext.CurrentContext.TestDirectory, "streaming.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [
            program, "serve", "--data", folder, "--urls", "http://127.0.0.1:0", "--set", "telemetry:metrics=off", "--set", "logging:json=true",
            "--set", "logging:loglevel:Microsoft.AspNetCore.Hosting.Diagnostics=Information"])
        { RedirectStandardOutput = true })!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            string? trace = null, request = null;
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (trace is null && Ready().Match(line) is { Success: true } ready)
                {
                    using var client = new HttpClient();
                    using var answer = await client.GetAsync(new Uri(ready.Groups[1].Value + "/health/live"), limit.Token);
                    (trace, request) = (answer.Headers.GetValues("traceparent").Single().Split('-')[1], answer.Headers.GetValues("X-Request-Id").Single());
                }

                if (trace is null || !line.Contains("/health/live", StringComparison.Ordinal) || !line.Contains("finished", StringComparison.Ordinal)) continue;
                var scopes = JsonDocument.Parse(line).RootElement.GetProperty("Scopes").EnumerateArray().ToArray();
                Assert.That(scopes.Any(s => s.TryGetProperty("TraceId", out var id) && id.GetString() == trace && s.GetProperty("SpanId").GetString()!.Length == 16), Is.True, line);
                return;
            }

            Assert.Fail($"no line was written for request {request}");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"ready at (http://[^\s""]+)")]
    private static partial Regex Ready();
}
