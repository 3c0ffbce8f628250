using System.Diagnostics;
using System.Net;
using Streaming.Benchmarks.Running;

namespace Streaming.Benchmarks.Serving;

/// <summary>Milliseconds from sending a request to the last byte of its answer: what the server takes and the client's own share.</summary>
internal static class Load
{
    public static async Task<double[]> Run(HttpClient client, string path, int requests, int atOnce, CancellationToken ct)
    {
        var (times, next) = (new double[requests], -1);
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < requests;) times[i] = await One(client, path, ct);
        }));
        return times;
    }

    public static async Task<double> One(HttpClient client, string path, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync(path, ct);
        await answer.Content.CopyToAsync(Stream.Null, ct);
        var time = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await answer.Expect(HttpStatusCode.OK, ct);
        return time;
    }
}
