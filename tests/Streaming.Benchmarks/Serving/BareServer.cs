using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Benchmarks.Running;

namespace Streaming.Benchmarks.Serving;

/// <summary>The peer: ASP.NET Core with nothing in it, answering every request with the bytes of one file; a process of its own.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    public const string Verb = "--bare-server";

    private readonly Process _process;

    private BareServer(Process process, Uri url, TimeSpan startUp) => (_process, Url, StartUp) = (process, url, startUp);

    public Uri Url { get; }

    public TimeSpan StartUp { get; }

    public double MemoryMiB => Processor.MemoryMiB(_process.Id);

    /// <summary>What the process of its own does.</summary>
    public static async Task<int> Serve(string url, string file, CancellationToken ct)
    {
        var page = await File.ReadAllBytesAsync(file, ct);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add(url);
        app.MapGet("/{**path}", () => TypedResults.Bytes(page, "text/html; charset=utf-8"));
        await app.StartAsync(ct);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    public static async Task<BareServer> Start(string folder, string file, CancellationToken ct)
    {
        var url = HostProcess.FreeUrl();
        var begun = Stopwatch.GetTimestamp();
        var process = HostProcess.Launch(Path.Combine(AppContext.BaseDirectory, "Streaming.Benchmarks"), [Verb, url.ToString(), file], Path.Combine(folder, "bare-server.log"));
        using var http = new HttpClient { BaseAddress = url };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/", UriKind.Relative), ct);
                if (answer.IsSuccessStatusCode) return new BareServer(process, url, Stopwatch.GetElapsedTime(begun));
            }
            catch (HttpRequestException) when (!process.HasExited && Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(5, ct);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
