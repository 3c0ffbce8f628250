using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Streaming.Benchmarks.Running;
using Streaming.Host.Commands;

namespace Streaming.Benchmarks.Serving;

/// <summary>How soon the host answers, what it needs when nobody asks, and how long a home page takes out of 5,000 titles.</summary>
internal sealed partial class HostBench : IBench
{
    private const int Starts = 5;
    private const int Sequential = 500;
    private const int Together = 600;
    private const int AtOnce = 4;
    private const int Anonymous = 300;
    private const int Unhurried = 6;
    private const string Viewer = "viewer@example.test";

    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // A little longer than the recommended rows are remembered.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5.2);

    public string Name => "host";

    public string About => "start, idle memory and pages of a host with 5,000 titles, against ASP.NET Core answering the same bytes";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        var rows = await On(BenchDatabase.Sqlite(), cancellationToken);
        return Environment.GetEnvironmentVariable("STREAMING_TEST_POSTGRES") is { Length: > 0 } server
            ? [.. rows, .. await On(await BenchDatabase.Create(server, cancellationToken), cancellationToken)]
            : rows;
    }

    private static async Task<IReadOnlyList<Row>> On(BenchDatabase database, CancellationToken ct)
    {
        await using var own = database;
        using var scratch = new Scratch();
        var folder = scratch["data"];
        if (database.Postgres is { } connection) await Migrate(folder, connection, ct);
        await Seed.Run(folder, database.Postgres, ct);
        await database.Analyze(ct);
        Step.Say($"{database.Label}: {Seed.Titles} titles are there");

        await Prepare(folder, database, scratch["home.html"], ct);
        var (starts, pages, bareStarts) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await using (var host = await HostProcess.Start(folder, ct, database.Settings))
            {
                starts.Add(host.StartUp.TotalSeconds);
                using var stranger = new HttpClient { BaseAddress = host.Url };
                await Load.One(stranger, "/sign-in", ct);
                pages.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            }

            await using var bare = await BareServer.Start(scratch.Folder, scratch["home.html"], ct);
            bareStarts.Add(bare.StartUp.TotalSeconds);
            Step.Say($"start {i + 1} of {Starts}: {starts[^1]:0.00} s, first page {pages[^1]:0.00} s, bare {bareStarts[^1]:0.00} s");
        }

        string Named(string measure) => $"{database.Label}: {measure}";
        List<Row> rows =
        [
            Bounded(Named("start to first answer, median of 5, s"), Median(starts), Median(bareStarts), 2, "s"),
            Bounded(Named("start to first page, median of 5, s"), Median(pages), Median(bareStarts), 2, "s"),
        ];

        await using var measured = await HostProcess.Start(folder, ct, database.Settings);
        await using var peer = await BareServer.Start(scratch.Folder, scratch["home.html"], ct);
        using var client = await measured.SignedIn(ct, Viewer);
        using var plain = new HttpClient { BaseAddress = peer.Url };
        await Load.One(client, "/", ct);
        await Task.Delay(_idle, ct);
        rows.Add(Bounded(Named("idle memory, MiB"), Processor.MemoryMiB(measured.Id), peer.MemoryMiB, 250, "MiB"));

        // Both are warm first: a page's code is compiled for good only after some dozens of requests.
        await Load.Run(client, "/", 60, 1, ct);
        await Load.Run(plain, "/", 60, 1, ct);
        var busy = Processor.Seconds(measured.Id);
        var one = await Load.Run(client, "/", Sequential, 1, ct);
        busy = Processor.Seconds(measured.Id) - busy;
        var onePeer = await Load.Run(plain, "/", Sequential, 1, ct);
        var (four, fourPeer) = (await Load.Run(client, "/", Together, AtOnce, ct), await Load.Run(plain, "/", Together, AtOnce, ct));
        var alone = new List<double>();
        for (var i = 0; i < Unhurried; i++)
        {
            await Task.Delay(_pause, ct);
            alone.Add(await Load.One(client, "/", ct));
        }

        rows.Add(Row.Plain(Named($"home page p50, {Sequential} one after another, ms"), Percentile(one, 50), Percentile(onePeer, 50)));
        rows.Add(Bounded(Named($"home page p99, {Sequential} one after another, ms"), Percentile(one, 99), Percentile(onePeer, 99), 50, "ms"));
        rows.Add(Row.Plain(Named("home page, processor time of the host alone, ms"), 1000 * busy / Sequential));
        rows.Add(Row.Plain(Named($"home page p50, {Together} with {AtOnce} at once, ms"), Percentile(four, 50), Percentile(fourPeer, 50)));
        rows.Add(Bounded(Named($"home page p99, {Together} with {AtOnce} at once, ms"), Percentile(four, 99), Percentile(fourPeer, 99), 50, "ms"));
        rows.Add(Row.AtMost(Named($"home page with nothing remembered, slowest of {Unhurried}, ms"), alone.Max(), 50, "ms"));

        using var visitor = new HttpClient { BaseAddress = measured.Url };
        rows.Add(Row.Plain(Named("sign-in page p99, ms"), Percentile(await Load.Run(visitor, "/sign-in", Anonymous, 1, ct), 99), Percentile(onePeer, 99)));
        rows.Add(Row.Plain(Named("style sheet p99, ms"), Percentile(await Load.Run(visitor, await StyleSheet(visitor, ct), Anonymous, 1, ct), 99), Percentile(onePeer, 99)));
        rows.Add(Row.Plain(Named("memory after all that, MiB"), Processor.MemoryMiB(measured.Id), peer.MemoryMiB));
        return rows;
    }

    public static async Task Migrate(string folder, string connection, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        using var migrate = HostProcess.Launch(HostProcess.Binary, ["migrate", "--data", folder, "--postgres", connection], Path.Combine(folder, "migrate.log"));
        await migrate.WaitForExitAsync(ct);
        if (migrate.ExitCode != ExitCodes.Done) throw new InvalidOperationException(await File.ReadAllTextAsync(Path.Combine(folder, "migrate.log"), ct));
    }

    /// <summary>A viewer who has begun to watch twelve titles, and the home page that this viewer gets, for the peer to answer.</summary>
    private static async Task Prepare(string folder, BenchDatabase database, string home, CancellationToken ct)
    {
        await using var host = await HostProcess.Start(folder, ct, database.Settings);
        using (var stranger = new HttpClient { BaseAddress = host.Url })
            await stranger.Post("/api/users/register", new { email = Viewer, password = HostProcess.Password }, HttpStatusCode.Created, ct);
        using var client = await host.SignedIn(ct, Viewer);
        var titles = await client.GetFromJsonAsync<JsonElement>("/api/catalog/titles?kind=film&limit=60", ct);
        foreach (var title in titles.GetProperty("items").EnumerateArray().Where((_, i) => i % 5 == 0))
        {
            var session = await client.Post("/api/playback/sessions", new { titleId = title.GetProperty("id").GetGuid() }, HttpStatusCode.Created, ct);
            object[] events =
            [
                new { sequence = 0, kind = "playing", at = TimeProvider.System.GetUtcNow(), positionSeconds = 0 },
                new { sequence = 1, kind = "progress", at = TimeProvider.System.GetUtcNow().AddSeconds(900), positionSeconds = 900 },
            ];
            using var answer = await client.PostAsJsonAsync($"/api/playback/sessions/{session.GetProperty("id").GetGuid()}/events", events, ct);
            if (!answer.IsSuccessStatusCode) await answer.Expect(HttpStatusCode.NoContent, ct);
        }

        // What was watched just now reaches the row of popular titles as an event, so it may come a moment later.
        var (page, begun) = ("", Stopwatch.GetTimestamp());
        while (!page.Contains("Popular now", StringComparison.Ordinal) && Stopwatch.GetElapsedTime(begun) < _patience)
        {
            await Task.Delay(500, ct);
            page = await client.GetStringAsync("/", ct);
        }

        var cards = Cards().Matches(page).Select(m => m.Value).Distinct().Count();
        foreach (var row in new[] { "Continue watching", "Popular now", "New on Streaming", "Drama" })
            if (!page.Contains(row, StringComparison.Ordinal)) throw new InvalidOperationException($"The home page has no row '{row}'.");
        if (cards < 100) throw new InvalidOperationException($"The home page shows only {cards} titles.");
        await File.WriteAllTextAsync(home, page, ct);
    }

    private static async Task<string> StyleSheet(HttpClient client, CancellationToken ct) =>
        Sheet().Match(await client.GetStringAsync("/sign-in", ct)).Value is { Length: > 0 } path ? path : throw new InvalidOperationException("The page names no style sheet.");

    private static Row Bounded(string measure, double ours, double peer, double bound, string unit) =>
        new(measure, ours, peer, ours / peer, $"≤ {bound:0.###} {unit}", ours <= bound);

    private static double Median(IEnumerable<double> values) => Percentile(values, 50);

    private static double Percentile(IEnumerable<double> values, double percent) => Samples.Percentile(values, percent);

    [GeneratedRegex("/(titles|watch)/[0-9a-f-]{36}")]
    private static partial Regex Cards();

    [GeneratedRegex(@"/assets/app\.css\?v=[0-9a-f]+")]
    private static partial Regex Sheet();
}
