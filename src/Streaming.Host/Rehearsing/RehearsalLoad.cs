using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streaming.Platform.Observing;

namespace Streaming.Host.Rehearsing;

/// <summary>
/// Questions that strangers ask of every installation, at a steady pace, whether or not what was asked before has been answered. They come
/// from a thousand addresses of this machine, all of them loopback ones, so that a part of them is in a canary.
/// </summary>
internal sealed class RehearsalLoad : IAsyncDisposable
{
    private const int People = 1000;
    private const int PerNetwork = 250;
    private const int MostAtOnce = 500;
    private static readonly string[] _paths = ["/", "/api/catalog/titles?limit=20", "/api/recommendations/home", "/api/catalog/genres", "/api/catalog/titles?kind=film&limit=5"];
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(5);

    private readonly int _perSecond;
    private readonly HttpClient[] _people;
    private readonly CancellationTokenSource _end = new();
    private readonly LatencyHistogram _took = new();
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private Task _running = Task.CompletedTask;
    private long _requests;
    private long _failed;

    /// <param name="host">Which listens on a loopback address.</param>
    /// <param name="perSecond">Requests.</param>
    public RehearsalLoad(Uri host, int perSecond) => (_perSecond, _people) = (perSecond, [.. Enumerable.Range(0, People).Select(n => Person(host, IPAddress.Parse($"127.1.{n / PerNetwork}.{(n % PerNetwork) + 1}")))]);

    public LoadReport Report => new(
        Volatile.Read(ref _requests), Volatile.Read(ref _failed), _took.Percentile(50)?.TotalMilliseconds ?? 0, _took.Percentile(99)?.TotalMilliseconds ?? 0);

    public void Begin() => _running = Task.Run(Run);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        await Task.WhenAll(_underWay.Keys);
        foreach (var person in _people) person.Dispose();
        _end.Dispose();
    }

    /// <summary>A client of its own, at that address of this machine.</summary>
    public static HttpClient Person(Uri host, IPAddress address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { BaseAddress = host, Timeout = TimeSpan.FromSeconds(10) };

    private async Task Run()
    {
        var (began, sent, random) = (Stopwatch.GetTimestamp(), 0L, new Random());
        using var timer = new PeriodicTimer(_tick);
        while (!_end.IsCancellationRequested)
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * _perSecond); sent < due; sent++)
            {
                if (_underWay.Count >= MostAtOnce) continue;
                var asked = Ask(_people[random.Next(People)], _paths[random.Next(_paths.Length)]);
                _underWay[asked] = true;
                _ = asked.ContinueWith(t => _underWay.TryRemove(t, out _), TaskScheduler.Default);
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private async Task Ask(HttpClient person, string path)
    {
        var began = Stopwatch.GetTimestamp();
        var hasFailed = true;
        try
        {
            using var answer = await person.GetAsync(path);
            await answer.Content.ReadAsByteArrayAsync();
            hasFailed = (int)answer.StatusCode >= StatusCodes.Status500InternalServerError;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            // It counts as failed.
        }

        _took.Add(Stopwatch.GetElapsedTime(began));
        Interlocked.Increment(ref _requests);
        if (hasFailed) Interlocked.Increment(ref _failed);
    }
}
