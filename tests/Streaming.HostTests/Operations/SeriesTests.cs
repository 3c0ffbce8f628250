using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Operations.Live;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Operations;

/// <summary>However many addresses are asked for, what is remembered of them stays as it is.</summary>
public sealed class SeriesTests
{
    private const int Paths = 10_000;

    [Test]
    public async Task Ten_thousand_addresses_make_no_series_of_their_own()
    {
        using var metrics = new Metrics();
        await using var host = await TestHost.Start(null, metrics.Setting, ("gateway:limits:address:perSecond", "1000000"), ("gateway:limits:address:burst", "1000000"), ("gateway:shedding:minimum", "400"));
        using var client = host.Anonymous();
        string[] shapes = ["/nowhere/{0}", "/api/catalog/titles/{0}", "/m/{0}/master.m3u8", "/assets/{0}"];
        foreach (var shape in shapes) await client.GetAsync(string.Format(null, shape, "first"));
        foreach (var shape in shapes) await client.GetAsync(string.Format(null, shape, Guid.CreateVersion7()));
        await Settled(host, shapes.Length * 2);
        var (series, routes) = (await metrics.RequestSeries(), host.Services.GetRequiredService<RequestRecords>().Routes.Count());

        await Parallel.ForAsync(0, Paths, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            using var answer = await client.GetAsync(string.Format(null, shapes[i % shapes.Length], Guid.CreateVersion7()), ct);
        });
        await Settled(host, Paths + (shapes.Length * 2));

        Assert.That(await metrics.RequestSeries(), Is.LessThanOrEqualTo(series + 2), "the metrics' own request is one, and a refusal may be one");
        Assert.That(host.Services.GetRequiredService<RequestRecords>().Routes.Count(), Is.LessThanOrEqualTo(routes + 1));
        Assert.That((await metrics.Lines()).Where(l => l.Contains("nowhere", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task A_request_is_measured_by_route_class_method_and_status_and_a_refusal_by_its_reason()
    {
        using var metrics = new Metrics();
        await using var host = await TestHost.Start(null, metrics.Setting, ("gateway:limits:sign-in:perSecond", "0.001"), ("gateway:limits:sign-in:burst", "2"));
        using var client = await host.SignedIn();
        await client.GetAsync("/api/recommendations/home");
        HttpStatusCode refused;
        do refused = (await client.PostAsync("/api/users/sign-in", new StringContent("{}", null, "application/json"))).StatusCode;
        while (refused != HttpStatusCode.TooManyRequests);

        await Until(async () => (await Counted(metrics)).Any(l => Has(l, "http_route=\"/api/recommendations/home\"", "streaming_class=\"browse\"", "http_request_method=\"GET\"", "http_response_status_code=\"200\"")));
        await Until(async () => (await Counted(metrics)).Any(l => Has(l, "http_route=\"/api/users/sign-in\"", "streaming_refused=\"rate-limited\"", "http_response_status_code=\"429\"")));
        Assert.That(host.Services.GetRequiredService<RequestRecords>().LimitedBy("sign-in"), Is.Positive);
    }

    private static async Task<IEnumerable<string>> Counted(Metrics metrics) =>
        (await metrics.Lines()).Where(l => l.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal));

    private static bool Has(string line, params string[] labels) => labels.All(l => line.Contains(l, StringComparison.Ordinal));

    /// <summary>A request is measured a moment after its answer has arrived.</summary>
    private static Task Settled(TestHost host, long requests)
    {
        var records = host.Services.GetRequiredService<RequestRecords>();
        return Until(() => Task.FromResult(records.Classes.Sum(c => c.All) >= requests));
    }

    private static async Task Until(Func<Task<bool>> reached)
    {
        for (var i = 0; !await reached(); i++)
        {
            Assert.That(i, Is.LessThan(300));
            await Task.Delay(50);
        }
    }
}
