using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Streaming.Benchmarks.Soaking;

/// <summary>A request that a viewer makes: what kind it is, and how it is sent.</summary>
internal sealed record Asking(string Kind, Func<HttpClient, CancellationToken, Task<HttpResponseMessage>> Send);

/// <summary>
/// Viewers who ask at their own pace, whether or not what they asked before has been answered: a server that hangs gets no rest. Of a
/// hundred requests sixty are for segments, as with people who watch. Where this program itself stood still, what fell due meanwhile is
/// left out and told: people do not all ask at once because somebody's machine had a pause.
/// </summary>
internal sealed partial class Viewers(SoakStage stage, int perSecond)
{
    private const int MostAtOnce = 4000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _standstill = TimeSpan.FromMilliseconds(250);

    private readonly Random _random = new(20260105);
    private int _underWay;

    /// <summary>Sends for so long, and answers when all of it has been answered.</summary>
    public async Task Ask(TimeSpan time, Tally tally, CancellationToken ct)
    {
        var answers = new List<Task>();
        var (began, sent, last) = (Stopwatch.GetTimestamp(), 0, TimeSpan.Zero);
        using var timer = new PeriodicTimer(_tick);
        while (Stopwatch.GetElapsedTime(began) is var passed && passed < time)
        {
            var due = (int)(passed.TotalSeconds * perSecond);
            if (passed - last > _standstill)
            {
                tally.Missed(due - sent);
                sent = due;
            }

            for (last = passed; sent < due; sent++) answers.Add(One(tally, ct));
            await timer.WaitForNextTickAsync(ct);
        }

        await Task.WhenAll(answers);
    }

    private Task One(Tally tally, CancellationToken ct)
    {
        var viewer = Any(stage.Viewers);
        var asking = Next(viewer);
        if (Volatile.Read(ref _underWay) < MostAtOnce) return Send(asking, viewer.Client, tally, ct);
        tally.Add($"{asking.Kind} not sent", 0);
        return Task.CompletedTask;
    }

    private async Task Send(Asking asking, HttpClient client, Tally tally, CancellationToken ct)
    {
        Interlocked.Increment(ref _underWay);
        var began = Stopwatch.GetTimestamp();
        string? failure = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_patience);
        try
        {
            using var answer = await asking.Send(client, limit.Token);
            if (answer.IsSuccessStatusCode) await answer.Content.CopyToAsync(Stream.Null, limit.Token);
            else failure = $"{asking.Kind} {(int)answer.StatusCode}{Reason(await answer.Content.ReadAsStringAsync(limit.Token))}";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            failure = $"{asking.Kind} not answered";
        }
        catch (HttpRequestException)
        {
            failure = $"{asking.Kind} connection broken";
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }

        tally.Add(failure, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private Asking Next(Viewer viewer) => _random.Next(100) switch
    {
        < 60 => Get("segment", Any(viewer.Segments)),
        < 80 => Get("playlist", Any(viewer.Playlists)),
        < 90 => Get("title", $"/api/catalog/titles/{Any(stage.Titles)}"),
        < 94 => Get("titles", $"/api/catalog/titles?limit={20 + _random.Next(4)}"),
        < 96 => Get("rows", "/api/recommendations/home"),
        < 99 => Get("home page", "/"),
        _ => new Asking("start", (client, ct) => client.PostAsJsonAsync("/api/playback/sessions", new { titleId = stage.Film }, ct)),
    };

    private T Any<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];

    /// <summary>The last word of a problem's type, such as <c>shed</c> or <c>left-alone</c>; nothing where the answer is a page.</summary>
    private static string Reason(string body) => Problem().Match(body) is { Success: true } problem ? $" {problem.Groups[1].Value}" : "";

    [GeneratedRegex("\"urn:streaming:[a-z:-]*?([a-z0-9-]+)\"")]
    private static partial Regex Problem();

    private static Asking Get(string kind, string path) => new(kind, (client, ct) => client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct));
}
