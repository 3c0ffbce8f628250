using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Streaming.Host.Rehearsing;

namespace Streaming.Benchmarks.Extraction;

/// <summary>What became of one request.</summary>
/// <param name="Who">From which address.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Failed">Why it counts as failed; null where it was answered.</param>
/// <param name="By">Which instance served it; null for the host.</param>
/// <param name="Milliseconds">Until the whole answer was there.</param>
internal sealed record Asked(int Who, TimeSpan At, string? Failed, string? By, double Milliseconds);

/// <summary>
/// Strangers at two hundred addresses of this machine who ask at a steady pace, whether or not what was asked before has been answered. Where
/// this program itself stood still, what fell due meanwhile is left out and counted.
/// </summary>
internal sealed class Callers : IAsyncDisposable
{
    private const int People = 200;
    private const int MostAtOnce = 2000;
    private static readonly string[] _paths = ["/api/catalog/titles?limit=5", "/api/catalog/genres", "/api/recommendations/home", "/api/catalog/titles?kind=film&limit=5"];
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _standstill = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient[] _people;
    private readonly int _perSecond;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Asked> _asked = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Task _running;
    private int _underWay;
    private long _notMade;

    /// <param name="host">Which listens on a loopback address.</param>
    /// <param name="perSecond">Requests.</param>
    public Callers(Uri host, int perSecond)
    {
        (_perSecond, _people) = (perSecond, [.. Enumerable.Range(0, People).Select(n => RehearsalLoad.Person(host, IPAddress.Parse($"127.2.0.{n + 1}")))]);
        _running = Task.Run(Run);
    }

    public IReadOnlyList<Asked> All => [.. _asked];

    /// <summary>What this program did not ask, because it stood still.</summary>
    public long NotMade => Volatile.Read(ref _notMade);

    public TimeSpan Now => _clock.Elapsed;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        while (Volatile.Read(ref _underWay) > 0) await Task.Delay(20);
        foreach (var person in _people) person.Dispose();
        _end.Dispose();
    }

    private async Task Run()
    {
        var (random, sent, last) = (new Random(20260105), 0L, TimeSpan.Zero);
        using var timer = new PeriodicTimer(_tick);
        while (!_end.IsCancellationRequested)
        {
            var now = _clock.Elapsed;
            var due = (long)(now.TotalSeconds * _perSecond);
            if (now - last > _standstill)
            {
                Interlocked.Add(ref _notMade, due - sent);
                sent = due;
            }

            for (last = now; sent < due; sent++)
            {
                var who = random.Next(People);
                if (Volatile.Read(ref _underWay) < MostAtOnce) _ = Ask(who, _paths[random.Next(_paths.Length)]);
                else _asked.Enqueue(new Asked(who, now, "too many wait for an answer", null, 0));
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private async Task Ask(int who, string path)
    {
        Interlocked.Increment(ref _underWay);
        var (at, failed, by) = (_clock.Elapsed, (string?)null, (string?)null);
        try
        {
            using var answer = await _people[who].GetAsync(path);
            await answer.Content.CopyToAsync(Stream.Null);
            if (!answer.IsSuccessStatusCode) failed = $"{(int)answer.StatusCode} {path}";
            if (answer.Headers.TryGetValues("Streaming-Served-By", out var served)) by = served.First();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            failed = $"{failure.GetType().Name} {path}";
        }

        _asked.Enqueue(new Asked(who, at, failed, by, (_clock.Elapsed - at).TotalMilliseconds));
        Interlocked.Decrement(ref _underWay);
    }
}
