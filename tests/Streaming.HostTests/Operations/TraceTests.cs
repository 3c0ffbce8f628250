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
        var spans = await Spans(client);

        var request = spans.Single(a => a.Kind == ActivityKind.Server);
        var home = spans.Single(a => a.OperationName == "recommendations.home");
        var inner = spans.Where(a => a.OperationName.StartsWith("catalog.", StringComparison.Ordinal)).ToArray();
        Assert.That(home.ParentSpanId, Is.EqualTo(request.SpanId));
        Assert.That(inner, Is.Not.Empty, string.Join(", ", spans.Select(a => a.OperationName)));
        Assert.That(inner.Select(a => a.ParentSpanId), Is.All.EqualTo(home.SpanId));
    }

    [Test]
    public async Task On_PostgreSQL_each_command_is_a_span_below_the_contract_that_sent_it()
    {
        await using var database = await SharedDatabase.Create();
        var folder = Directory.CreateTempSubdirectory("streaming-trace-").FullName;
        await using (var first = new HostProcess("first", folder, ("data:postgres", database.Connection))) await first.Migrate();
        await using (var host = await TestHost.Start(null, ("data:postgres", database.Connection)))
        {
            using var client = await host.SignedIn();
            var spans = await Spans(client);

            var contracts = spans.Where(a => a.Source.Name == "streaming.contracts").Select(a => a.SpanId).ToHashSet();
            var commands = spans.Where(a => a.Source.Name == "Npgsql").ToArray();
            Assert.That(commands.Count(c => contracts.Contains(c.ParentSpanId)), Is.Positive, string.Join(", ", spans.Select(a => $"{a.Source.Name}: {a.OperationName}")));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task A_line_of_the_json_log_names_the_trace_the_span_and_the_request()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-log-").FullName;
        var program = Path.Combine(TestContext.CurrentContext.TestDirectory, "streaming.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [
            program, "serve", "--data", folder, "--urls", "http://127.0.0.1:0", "--set", "telemetry:metrics=off", "--set", "logging:json=true",
            "--set", "logging:loglevel:Microsoft.AspNetCore.Routing.EndpointMiddleware=Information"])
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
                    using var answer = await client.GetAsync(new Uri(ready.Groups[1].Value.TrimEnd('/') + "/health/live"), limit.Token);
                    (trace, request) = (answer.Headers.GetValues("traceparent").Single().Split('-')[1], answer.Headers.GetValues("X-Request-Id").Single());
                }

                if (trace is null || !line.Contains("/health/live", StringComparison.Ordinal) || !line.Contains("Executed endpoint", StringComparison.Ordinal)) continue;
                var scopes = JsonDocument.Parse(line).RootElement.GetProperty("Scopes").EnumerateArray().ToArray();
                Assert.That(scopes.Any(s => s.TryGetProperty("TraceId", out var id) && id.GetString() == trace && s.GetProperty("SpanId").GetString()!.Length == 16), Is.True, line);
                Assert.That(scopes.Any(s => s.TryGetProperty("RequestId", out var id) && id.GetString() == request && s.GetProperty("RequestPath").GetString() == "/health/live"), Is.True, line);
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

    /// <summary>Of one request that passes through several modules.</summary>
    private static async Task<Activity[]> Spans(HttpClient client)
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "streaming.contracts" or "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);

        using var answer = await client.GetAsync("/api/recommendations/home");
        var trace = answer.Headers.GetValues("traceparent").Single().Split('-')[1];
        for (var i = 0; i < 200 && !Of().Any(a => a.Kind == ActivityKind.Server); i++) await Task.Delay(25);
        return [.. Of()];

        IEnumerable<Activity> Of() => ended.Where(a => a.TraceId.ToHexString() == trace);
    }

    [GeneratedRegex(@"ready at (http://[^\s""]+)")]
    private static partial Regex Ready();
}
