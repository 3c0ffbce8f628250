using System.Collections.Concurrent;
using System.Diagnostics;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>Some viewers who ask one thing after another until they are told to stop, and note how they fared.</summary>
internal sealed class Viewers : IAsyncDisposable
{
    private const int Count = 8;
    private const int MostAnswers = 20_000;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Seen> _all = new();
    private readonly HttpClient _client;
    private readonly Task[] _viewers;

    private Viewers(Uri url, string path)
    {
        _client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(20) };
        _viewers = [.. Enumerable.Range(0, Count).Select(_ => Task.Run(() => Watch(path)))];
    }

    /// <summary>When it was asked, how long it took, who answered (null for the gateway), and what went wrong (null for nothing).</summary>
    internal sealed record Seen(long At, TimeSpan Took, string? By, string? Fault);

    public static Viewers Of(Uri url, string path) => new(url, path);

    public IReadOnlyCollection<Seen> All => _all;

    /// <summary>Lets those who wait get their answer, and answers with everything.</summary>
    public async Task<IReadOnlyList<Seen>> Stop()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_viewers);
        return [.. _all];
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _client.Dispose();
        _end.Dispose();
    }

    public static double P99(IEnumerable<Seen> seen)
    {
        var sorted = seen.Select(s => s.Took.TotalMilliseconds).Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * 0.99) - 1)];
    }

    private async Task Watch(string path)
    {
        while (!_end.IsCancellationRequested && _all.Count < MostAnswers)
        {
            var at = Stopwatch.GetTimestamp();
            try
            {
                using var answer = await _client.GetAsync(path);
                var fault = answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync()).StartsWith("{\"items\":", StringComparison.Ordinal)
                    ? null
                    : $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
                _all.Enqueue(new Seen(at, Stopwatch.GetElapsedTime(at), answer.ServedBy(), fault));
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                _all.Enqueue(new Seen(at, Stopwatch.GetElapsedTime(at), null, failure.Message));
            }

            await Task.Delay(_pause);
        }
    }
}
