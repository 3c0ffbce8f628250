using System.Net;
using Microsoft.Playwright;
using Streaming.Benchmarks.Running;
using Clip = Streaming.Benchmarks.Running.Clip;

namespace Streaming.Benchmarks.Watching;

/// <summary>What a viewer gets in a real browser: how soon a picture, whether it stalls, how it follows the network, and that it ends.</summary>
internal sealed class PlaybackBench : IBench
{
    private const int StartUps = 20;
    private const double FilmSeconds = 14;
    private const double AdaptiveSeconds = 100;

    // The link as it is at first, then nearly broken, then good again.
    private static readonly (int Kbps, int Seconds)[] _link = [(4000, 15), (350, 40), (6000, 60)];

    private static readonly (double Seconds, string Rate)[] _odd = [(7.3, "24"), (10.01, "30000/1001"), (3.04, "25")];

    public string Name => "playback";

    public string About => "the player in Chromium, against a bare hls.js page on the same segments";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        await using var host = await HostProcess.Start(scratch["data"], cancellationToken);
        using var client = await host.SignedIn(cancellationToken);
        var film = await Release(client, await Clip.Film(scratch["film.mp4"], FilmSeconds, 1920, 1080, cancellationToken), cancellationToken);
        var adaptive = await Release(client, await Clip.Film(scratch["adaptive.mp4"], AdaptiveSeconds, 854, 480, cancellationToken), cancellationToken);
        List<Guid> odd = [];
        foreach (var (seconds, rate) in _odd)
            odd.Add(await Release(client, await Clip.Film(scratch[$"odd-{odd.Count}.mp4"], seconds, 640, 360, cancellationToken, rate), cancellationToken));

        await using var bare = await BarePage.Start(scratch["bare"], cancellationToken);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("STREAMING_TEST_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var session = await SignIn(browser, host.Url);
        async Task<Film> Pages(Guid title) => new(
            new Uri(host.Url, $"/titles/{title}"), $"a[href='/watch/{title}']",
            await bare.Mirror(client, await Master(client, title, cancellationToken), title.ToString("N"), cancellationToken));

        Step.Say("the films are ready and the browser is open");
        var filmPages = await Pages(film);
        List<Row> rows = [.. await StartUp(browser, session, filmPages), .. await Unthrottled(browser, session, filmPages)];
        rows.AddRange(await Throttled(browser, session, await Pages(adaptive)));
        for (var i = 0; i < odd.Count; i++) rows.Add(await Ends(browser, session, await Pages(odd[i]), _odd[i].Seconds));
        return rows;
    }

    private static async Task<IReadOnlyList<Row>> StartUp(IBrowser browser, string session, Film film)
    {
        var (ours, own, peer) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < StartUps; i++)
        {
            await using (var viewing = await Viewing.Open(browser, film.Page, session))
            {
                ours.Add(await viewing.Start(film.Link));
                own.Add(await viewing.OwnStartUp());
            }

            await using var other = await Viewing.Open(browser, film.Bare, null);
            peer.Add(await other.Start(Film.BareLink));
            Step.Say($"start-up {i + 1} of {StartUps}: {ours[^1]:0.000} s, bare {peer[^1]:0.000} s");
        }

        return
        [
            Below("click to first frame, p50 of 20, s", Percentile(ours, 50), Percentile(peer, 50), 1.0, "s"),
            Below("click to first frame, p95 of 20, s", Percentile(ours, 95), Percentile(peer, 95), 1.5, "s"),
            Row.Plain("the same as the player reports it, p50, s", Percentile(own, 50)),
        ];
    }

    private static async Task<IReadOnlyList<Row>> Unthrottled(IBrowser browser, string session, Film film)
    {
        var (ours, peer) = (await Whole(browser, film.Page, film.Link, session), await Whole(browser, film.Bare, Film.BareLink, null));
        return [new Row("unthrottled: stalled, s", ours.Stalled, peer.Stalled, null, "0 s", ours is { Stalled: 0, Ended: true })];
    }

    private static async Task<Seen> Whole(IBrowser browser, Uri page, string link, string? session)
    {
        await using var viewing = await Viewing.Open(browser, page, session);
        await viewing.Start(link);
        return await viewing.Watch(TimeSpan.FromSeconds(FilmSeconds + 10));
    }

    /// <summary>Both at the same time, each with a link of its own.</summary>
    private static async Task<IReadOnlyList<Row>> Throttled(IBrowser browser, string session, Film film)
    {
        var seen = await Task.WhenAll(OnLink(browser, film.Page, film.Link, session), OnLink(browser, film.Bare, Film.BareLink, null));
        var (ours, peer) = (seen[0], seen[1]);
        Step.Say($"heights on the link: {string.Join(' ', ours.Heights)}; bare {string.Join(' ', peer.Heights)}");
        return
        [
            new Row("4000 → 350 → 6000 kbit/s: switches down", ours.SwitchesDown, peer.SwitchesDown, null, "≥ 1", ours.SwitchesDown >= 1),
            new Row("4000 → 350 → 6000 kbit/s: switches up after it", UpAfterDown(ours), UpAfterDown(peer), null, "≥ 1", UpAfterDown(ours) >= 1),
            new Row("4000 → 350 → 6000 kbit/s: rebuffer ratio, %", 100 * ours.RebufferRatio, 100 * peer.RebufferRatio, null, "≤ 2 %", ours.RebufferRatio <= 0.02),
            Row.Plain("4000 → 350 → 6000 kbit/s: watched, s", ours.Played, peer.Played),
        ];
    }

    private static async Task<Seen> OnLink(IBrowser browser, Uri page, string link, string? session)
    {
        await using var viewing = await Viewing.Open(browser, page, session);
        var network = await viewing.Throttle(_link[0].Kbps);
        await viewing.Start(link);
        foreach (var (kbps, seconds) in _link)
        {
            await viewing.Throttle(kbps, network);
            if ((await viewing.Watch(TimeSpan.FromSeconds(seconds))).Ended) break;
        }

        return await viewing.Look();
    }

    private static int UpAfterDown(Seen seen)
    {
        var down = Enumerable.Range(1, Math.Max(0, seen.Heights.Count - 1)).FirstOrDefault(i => seen.Heights[i] < seen.Heights[i - 1], seen.Heights.Count);
        return Enumerable.Range(down, Math.Max(0, seen.Heights.Count - down)).Count(i => i > down && seen.Heights[i] > seen.Heights[i - 1]);
    }

    private static async Task<Row> Ends(IBrowser browser, string session, Film film, double seconds)
    {
        var seen = await Task.WhenAll(Whole(browser, film.Page, film.Link, session), Whole(browser, film.Bare, Film.BareLink, null));
        return new Row($"{seconds} s long: position at `ended`, s", seen[0].Position, seen[1].Position, null, "`ended` fires at the end", seen[0].Ended && Math.Abs(seen[0].Position - seconds) < 0.25);
    }

    private static async Task<Guid> Release(HttpClient client, string file, CancellationToken ct) =>
        await client.Ready(await client.Upload(new FileInfo(file), ct), ct);

    private static async Task<Uri> Master(HttpClient client, Guid title, CancellationToken ct) =>
        new(client.BaseAddress!, (await client.Post("/api/playback/sessions", new { titleId = title }, HttpStatusCode.Created, ct)).Text("hls"));

    /// <summary>The session's cookie, for every tab to begin with.</summary>
    private static async Task<string> SignIn(IBrowser browser, Uri host)
    {
        await using var context = await browser.NewContextAsync(new() { BaseURL = host.ToString() });
        var answer = await context.APIRequest.PostAsync("/api/users/sign-in", new() { DataObject = new { email = HostProcess.Email, password = HostProcess.Password } });
        if (!answer.Ok) throw new InvalidOperationException($"Signing in was answered with {answer.Status}.");
        return await context.StorageStateAsync();
    }

    private static Row Below(string measure, double ours, double peer, double bound, string unit) =>
        new(measure, ours, peer, ours / peer, $"< {bound:0.0} {unit}", ours < bound);

    private static double Percentile(IEnumerable<double> values, double percent) => Samples.Percentile(values, percent);

    /// <param name="Page">The title's page.</param>
    /// <param name="Link">Its link to the player.</param>
    /// <param name="Bare">The peer's page with a link to its player.</param>
    private sealed record Film(Uri Page, string Link, Uri Bare)
    {
        public const string BareLink = "a";
    }
}
