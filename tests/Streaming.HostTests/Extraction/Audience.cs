using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Streaming.HostTests.Extraction;

/// <summary>What became of one request.</summary>
/// <param name="Who">Which viewer; the publisher is -1.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Status">0 where there was no answer.</param>
/// <param name="By">Which instance served it; null for the host.</param>
/// <param name="Took">Until the whole answer was there.</param>
internal sealed record Asked(int Who, TimeSpan At, int Status, string? By, TimeSpan Took);

/// <summary>
/// Viewers who each ask one thing after another, and a publisher who keeps making titles, each with an id of its own order: what was
/// acknowledged is kept, to be looked for afterwards.
/// </summary>
internal sealed class Audience : IAsyncDisposable
{
    private static readonly TimeSpan _thought = TimeSpan.FromMilliseconds(20);
    private static readonly string[] _paths = ["/api/catalog/titles?limit=20", "/api/recommendations/home", "/", "/api/catalog/titles?kind=series&limit=5"];

    private readonly Installation _installation;
    private readonly string _prefix = $"made {Guid.NewGuid():N}";
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Asked> _asked = new();
    private readonly ConcurrentDictionary<string, Guid> _made = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Task> _people;

    private Audience(Installation installation, bool writes)
    {
        _installation = installation;
        _people = [.. installation.Viewers.Select((client, who) => Task.Run(() => Watch(client, who)))];
        if (writes) _people.Add(Task.Run(Publish));
    }

    public IReadOnlyList<Asked> All => [.. _asked];

    public IReadOnlyList<Asked> Failed => [.. _asked.Where(a => a.Status is 0 or >= 400)];

    /// <summary>Titles that were acknowledged, by their names.</summary>
    public IReadOnlyDictionary<string, Guid> Made => _made;

    public static Audience Of(Installation installation, bool writes = true) => new(installation, writes);

    /// <summary>Waits until so many more requests have ended: how long that takes is the machine's affair.</summary>
    public Task More(int requests)
    {
        var enough = _asked.Count + requests;
        return Installation.Until(() => Task.FromResult(_asked.Count >= enough), "hardly anything is answered", 60);
    }

    /// <summary>Waits until the instance has served so many.</summary>
    public Task ServedBy(string instance, int requests) =>
        Installation.Until(() => Task.FromResult(_asked.Count(a => a.By == instance) >= requests), $"{instance} hardly serves", 60);

    public async Task Stop()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_people);
    }

    /// <summary>Names of acknowledged titles that are not there, and of titles that are there twice.</summary>
    public async Task<(IReadOnlyList<string> Lost, IReadOnlyList<string> Twice)> Missing()
    {
        var there = await _installation.Titles();
        var ids = there.Select(t => t.Id).ToHashSet();
        return ([.. _made.Where(m => !ids.Contains(m.Value)).Select(m => m.Key)],
            [.. there.Where(t => t.Name.StartsWith(_prefix, StringComparison.Ordinal)).GroupBy(t => t.Name).Where(g => g.Count() > 1).Select(g => g.Key)]);
    }

    /// <summary>How often a viewer's questions went from one place to another, in the order in which they were asked.</summary>
    public int Moves(int who)
    {
        var by = _asked.Where(a => a.Who == who).OrderBy(a => a.At).Select(a => a.By).ToArray();
        return by.Zip(by.Skip(1)).Count(p => p.First != p.Second);
    }

    public static double Percentile(IEnumerable<Asked> asked, double percent)
    {
        var took = asked.Select(a => a.Took.TotalMilliseconds).Order().ToArray();
        return took.Length == 0 ? 0 : took[(int)Math.Min(took.Length - 1, took.Length * percent / 100)];
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _end.Dispose();
    }

    private async Task Watch(HttpClient client, int who)
    {
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            await Send(who, () => client.GetAsync(_paths[i % _paths.Length]));
            await Task.Delay(_thought);
        }
    }

    private async Task Publish()
    {
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            var name = $"{_prefix} {i}";
            await Send(-1, async () =>
            {
                var answer = await _installation.Operator.PostAsJsonAsync("/api/catalog/titles", new { kind = "series", name });
                if (answer.IsSuccessStatusCode) _made[name] = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
                return answer;
            });
            await Task.Delay(_thought);
        }
    }

    private async Task Send(int who, Func<Task<HttpResponseMessage>> send)
    {
        var at = _clock.Elapsed;
        try
        {
            using var answer = await send();
            await answer.Content.ReadAsByteArrayAsync();
            _asked.Enqueue(new Asked(who, at, (int)answer.StatusCode, answer.Headers.TryGetValues("Streaming-Served-By", out var by) ? by.Single() : null, _clock.Elapsed - at));
        }
        catch (HttpRequestException)
        {
            _asked.Enqueue(new Asked(who, at, 0, null, _clock.Elapsed - at));
        }
    }
}
