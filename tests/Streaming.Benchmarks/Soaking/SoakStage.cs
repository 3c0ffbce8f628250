using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Streaming.Benchmarks.Running;
using Streaming.Benchmarks.Serving;
using Streaming.ModuleTests.Fixtures;

namespace Streaming.Benchmarks.Soaking;

/// <summary>A host with all that a team would run it on: PostgreSQL, three cache zones, a Redis for the limits, 5,000 titles and a film that plays.</summary>
internal sealed class SoakStage : IAsyncDisposable
{
    private const int Accounts = 8;
    private static readonly string[] _zoneNames = ["a", "b", "c"];

    private readonly Scratch _scratch = new();
    private readonly int _postgresId;
    private BenchDatabase? _database;
    private HostProcess? _host;
    private HttpClient? _operator;

    private SoakStage(int postgresId) => _postgresId = postgresId;

    /// <summary>The host's own zone first.</summary>
    public List<RedisServer> Zones { get; } = [];

    public RedisServer Limiter { get; private set; } = null!;

    public Guid Film { get; private set; }

    public List<Guid> Titles { get; } = [];

    public List<Viewer> Viewers { get; } = [];

    public static async Task<SoakStage> Start(string postgres, int postgresId, CancellationToken ct)
    {
        var stage = new SoakStage(postgresId);
        try
        {
            await stage.SetUp(postgres, ct);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async Task Isolate(bool isolated)
    {
        using var answer = await _operator!.PostAsync($"/ops/resilience/recommendations/recommendations.home/{(isolated ? "isolate" : "close")}", null);
        // A phase in which nothing is isolated would prove nothing.
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The server and all of its processes, which each serve a connection.</summary>
    public async Task StopPostgres(TimeSpan time)
    {
        // The parent first, so that it starts no further ones meanwhile.
        Signal("-STOP", [_postgresId]);
        var children = Processor.ChildrenOf(_postgresId).ToArray();
        Signal("-STOP", children);
        await Task.Delay(time);
        Signal("-CONT", [.. children, _postgresId]);
    }

    public string HostLog => _host?.Log ?? "";

    public async ValueTask DisposeAsync()
    {
        foreach (var viewer in Viewers) viewer.Client.Dispose();
        _operator?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        if (Limiter is not null) await Limiter.DisposeAsync();
        foreach (var zone in Zones)
        {
            await zone.Continue();
            await zone.DisposeAsync();
        }

        if (_database is not null) await _database.DisposeAsync();
        _scratch.Dispose();
    }

    private async Task SetUp(string postgres, CancellationToken ct)
    {
        _database = await BenchDatabase.Create(postgres, ct);
        var folder = _scratch["data"];
        await HostBench.Migrate(folder, _database.Postgres!, ct);
        await Seed.Run(folder, _database.Postgres, ct);
        await _database.Analyze(ct);
        foreach (var _ in _zoneNames) Zones.Add(await RedisServer.Start());
        Limiter = await RedisServer.Start();
        Step.Say($"{Seed.Titles} titles are there");

        // One address asks for everybody, so the limits for one person are raised.
        (string, string)[] settings =
        [
            .. _database.Settings, ("cache:zone", _zoneNames[0]), ("gateway:limits:redis", Limiter.Connection),
            .. _zoneNames.SelectMany((name, i) => new[] { ($"cache:zones:{i}:name", name), ($"cache:zones:{i}:connection", Zones[i].Connection) }),
            .. new[] { "address", "user" }.SelectMany(name => new[] { ($"gateway:limits:{name}:perSecond", "100000"), ($"gateway:limits:{name}:burst", "100000") }),
        ];
        _host = await HostProcess.Start(folder, ct, settings);
        _operator = await _host.SignedIn(ct);
        var titles = await _operator.Read("/api/catalog/titles?kind=film&limit=60", ct);
        Titles.AddRange(titles.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("id").GetGuid()));
        var clip = new FileInfo(await Clip.Film(_scratch["film.mp4"], 12, 640, 360, ct));
        Film = await _operator.Ready(await _operator.Upload(clip, ct), ct);
        Step.Say("a film plays");

        for (var i = 0; i < Accounts; i++)
        {
            var email = $"viewer{i}@example.test";
            using (var stranger = new HttpClient { BaseAddress = _host.Url })
                await stranger.Post("/api/users/register", new { email, password = HostProcess.Password }, HttpStatusCode.Created, ct);
            Viewers.Add(await Watch(await _host.SignedIn(ct, email), ct));
        }
    }

    /// <summary>What a player asks for: the playlists that the first one names, and the segments that those name.</summary>
    private async Task<Viewer> Watch(HttpClient client, CancellationToken ct)
    {
        var session = await client.Post("/api/playback/sessions", new { titleId = Film }, HttpStatusCode.Created, ct);
        var master = new Uri(client.BaseAddress!, session.Text("hls"));
        var viewer = new Viewer(client, [master.PathAndQuery], []);
        foreach (var playlist in Answers.Addresses(await client.GetStringAsync(master, ct)).Distinct().Select(a => new Uri(master, a)))
        {
            viewer.Playlists.Add(playlist.PathAndQuery);
            var named = Answers.Addresses(await client.GetStringAsync(playlist, ct)).Select(a => new Uri(playlist, a).PathAndQuery).Distinct();
            viewer.Segments.AddRange(named.Where(path => path.Contains(".m4s", StringComparison.Ordinal) || path.Contains(".mp4", StringComparison.Ordinal)));
        }

        return viewer;
    }

    private static void Signal(string signal, int[] processes)
    {
        using var kill = Process.Start("kill", [signal, .. processes.Select(id => $"{id}")]);
        kill.WaitForExit();
    }
}

/// <summary>Somebody signed in, with the addresses that were signed for their profile.</summary>
internal sealed record Viewer(HttpClient Client, List<string> Playlists, List<string> Segments);

internal static class SoakAnswers
{
    public static async Task<JsonElement> Read(this HttpClient client, string path, CancellationToken ct) => JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(path, ct));
}
