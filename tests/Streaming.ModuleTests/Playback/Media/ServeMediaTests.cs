using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.ModuleTests.Playback.Fixtures;

namespace Streaming.ModuleTests.Playback.Media;

internal sealed class ServeMediaTests
{
    private static readonly Guid Profile = Guid.CreateVersion7();
    private static readonly byte[] Segment = [.. Enumerable.Range(0, 300_001).Select(i => (byte)(i * 31 >> 3))];
    private PlaybackServer _server = null!;
    private string _media = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await PlaybackServer.Start();
        await _server.Store(MediaKeys.Segment(Samples.Asset, 1, "v240", 0), Segment);
        await _server.Store(MediaKeys.Init(Samples.Asset, 1, "v240"), [1, 2, 3]);
        await _server.Store(MediaKeys.Subtitles(Samples.Asset, 1, "s0"), "WEBVTT\n"u8.ToArray());
        await _server.Store(MediaKeys.Sprite(Samples.Asset, 1, 0), [0xFF, 0xD8]);
        _media = (await _server.Open(Profile)).Hls.Replace("master.m3u8", "", StringComparison.Ordinal);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [SetUp]
    public void Anonymous()
    {
        _server.Caller = Caller.Anonymous;
        _server.Others.PresentationError = null;
        _server.Others.Presentation = Samples.Film();
    }

    [Test]
    public async Task A_segment_is_sent_whole_with_the_headers_that_caches_need()
    {
        using var answer = await Get("v240/00000.m4s");

        Assert.Multiple(async () =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await answer.Content.ReadAsByteArrayAsync(), Is.EqualTo(Segment));
            Assert.That(answer.Content.Headers.ContentLength, Is.EqualTo(Segment.Length));
            Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("video/mp4"));
            Assert.That(answer.Headers.CacheControl!.ToString(), Is.EqualTo("public, max-age=31536000, immutable"));
            Assert.That(answer.Headers.ETag!.IsWeak, Is.False);
            Assert.That(answer.Headers.AcceptRanges, Is.EqualTo(new[] { "bytes" }));
            Assert.That(answer.Headers.GetValues("Access-Control-Allow-Origin"), Is.EqualTo(new[] { "*" }));
            Assert.That(answer.Headers.Contains("Access-Control-Allow-Credentials"), Is.False);
        });
    }

    [TestCase("bytes=0-0", 0, 1)]
    [TestCase("bytes=0-299999", 0, 300_000)]
    [TestCase("bytes=131072-262144", 131_072, 131_073)]
    [TestCase("bytes=300000-", 300_000, 1)]
    [TestCase("bytes=-5", 299_996, 5)]
    [TestCase("bytes=-999999", 0, 300_001)]
    [TestCase("bytes=299999-9223372036854775807", 299_999, 2)]
    public async Task A_range_is_sent_alone(string range, int first, int length)
    {
        using var answer = await Get("v240/00000.m4s", ("Range", range));

        Assert.Multiple(async () =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
            Assert.That(answer.Content.Headers.ContentRange!.ToString(), Is.EqualTo($"bytes {first}-{first + length - 1}/300001"));
            Assert.That(await answer.Content.ReadAsByteArrayAsync(), Is.EqualTo(Segment[first..(first + length)]));
        });
    }

    [TestCase("bytes=300001-")]
    [TestCase("bytes=300001-300005")]
    [TestCase("bytes=-0")]
    public async Task A_range_beyond_the_end_is_refused_with_the_size(string range)
    {
        using var answer = await Get("v240/00000.m4s", ("Range", range));

        Assert.Multiple(async () =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestedRangeNotSatisfiable));
            Assert.That(answer.Content.Headers.ContentRange!.ToString(), Is.EqualTo("bytes */300001"));
            Assert.That(answer.Headers.CacheControl!.NoStore, Is.True);
            Assert.That(await answer.Content.ReadAsByteArrayAsync(), Is.Empty);
        });
    }

    [TestCase("bytes=0-1,5-6")]
    [TestCase("bytes=9-3")]
    [TestCase("pages=1-2")]
    [TestCase("nonsense")]
    public async Task A_range_that_is_none_of_ours_gets_the_whole(string range)
    {
        using var answer = await Get("v240/00000.m4s", ("Range", range));
        Assert.That((answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync()).Length), Is.EqualTo((HttpStatusCode.OK, Segment.Length)));
    }

    [Test]
    public async Task A_range_holds_only_while_the_entity_is_the_same()
    {
        using var first = await Get("v240/00000.m4s");
        using var same = await Get("v240/00000.m4s", ("Range", "bytes=0-9"), ("If-Range", first.Headers.ETag!.ToString()));
        using var other = await Get("v240/00000.m4s", ("Range", "bytes=0-9"), ("If-Range", "\"other\""));
        using var dated = await Get("v240/00000.m4s", ("Range", "bytes=0-9"), ("If-Range", "Mon, 05 Jan 2026 12:00:00 GMT"));

        Assert.That(
            new[] { same.StatusCode, other.StatusCode, dated.StatusCode },
            Is.EqualTo(new[] { HttpStatusCode.PartialContent, HttpStatusCode.OK, HttpStatusCode.OK }));
    }

    [Test]
    public async Task What_is_known_is_not_sent_again()
    {
        foreach (var path in new[] { "v240/00000.m4s", "master.m3u8" })
        {
            using var first = await Get(path);
            using var again = await Get(path, ("If-None-Match", $"\"other\", {first.Headers.ETag}"));
            Assert.That((again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length), Is.EqualTo((HttpStatusCode.NotModified, 0)), path);
            Assert.That(again.Headers.ETag, Is.EqualTo(first.Headers.ETag), path);
        }
    }

    [TestCase("v240/00000.m4s", 300_001)]
    [TestCase("master.m3u8", null)]
    public async Task Head_answers_as_get_without_the_body(string path, int? length)
    {
        using var get = await Get(path);
        using var head = await Send(HttpMethod.Head, _media + path, ("Range", "bytes=0-1"));

        Assert.Multiple(async () =>
        {
            Assert.That(head.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(head.Content.Headers.ContentLength, Is.EqualTo(length ?? get.Content.Headers.ContentLength));
            Assert.That(head.Headers.ETag, Is.EqualTo(get.Headers.ETag));
            Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty);
        });
    }

    [Test]
    public async Task Every_playlist_leads_to_the_next()
    {
        var master = await Text("master.m3u8");
        var mpd = await Text("manifest.mpd");

        Assert.Multiple(async () =>
        {
            Assert.That(master, Does.Contain("v720/index.m3u8").And.Contain("a1/index.m3u8").And.Contain("text/s1.m3u8").And.Contain("v240/iframes.m3u8"));
            Assert.That(await Text("v720/index.m3u8"), Does.Contain("00005.m4s").And.Contain("#EXT-X-ENDLIST"));
            Assert.That(await Text("a1/index.m3u8"), Does.Contain("00005.m4s"));
            Assert.That(await Text("v240/iframes.m3u8"), Does.Contain("#EXT-X-I-FRAMES-ONLY"));
            Assert.That(await Text("text/s1.m3u8"), Does.Contain("s1.vtt"));
            Assert.That(await Text("text/s0.vtt"), Is.EqualTo("WEBVTT\n"));
            Assert.That(mpd, Does.Contain("type=\"static\""));
        });
    }

    [TestCase("v999/index.m3u8")]
    [TestCase("a0/iframes.m3u8")]
    [TestCase("text/s9.m3u8")]
    [TestCase("v240/99999.m4s")]
    [TestCase("v240/0.m4s")]
    [TestCase("source.mp4")]
    [TestCase("v240/..%2f..%2f..%2f..%2fetc%2fpasswd")]
    [TestCase("v240/%2e%2e%5cinit.mp4")]
    public async Task What_is_not_there_is_not_found_and_not_cached(string path)
    {
        using var answer = await Get(path);
        var problem = await Problem(answer);

        Assert.Multiple(() =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("urn:streaming:playback:no-such-media"));
            Assert.That(answer.Headers.CacheControl!.NoStore, Is.True);
        });
    }

    [TestCase("/m/{token}/{asset}/1/../../../../../../etc/passwd")]
    [TestCase("/m/{token}/{asset}/1/v240/../../2/master.m3u8")]
    [TestCase("/m/{token}/{asset}/1/%2e%2e/%2e%2e/x/init.mp4")]
    [TestCase("/m/{token}/../playback.db")]
    [TestCase("/m/{token}//1/master.m3u8")]
    public async Task Path_tricks_never_open_anything(string path)
    {
        // HttpClient would tidy the path up; a socket does not.
        var raw = path.Replace("{token}", _media.Split('/')[2], StringComparison.Ordinal).Replace("{asset}", $"{Samples.Asset:N}", StringComparison.Ordinal);
        var status = await RawStatus(raw);
        Assert.That(status, Is.EqualTo(404).Or.EqualTo(403));
    }

    [Test]
    public async Task An_address_of_another_asset_revision_or_token_is_refused()
    {
        var token = _media.Split('/')[2];
        foreach (var address in new[]
        {
            $"/m/{token}/{Guid.CreateVersion7():N}/1/master.m3u8",
            $"/m/{token}/{Samples.Asset:N}/2/master.m3u8",
            $"/m/{token[..^1]}{(token[^1] == 'A' ? 'E' : 'A')}/{Samples.Asset:N}/1/master.m3u8",
            $"/m/{(token[0] == '9' ? '8' : '9')}{token[1..]}/{Samples.Asset:N}/1/v240/00000.m4s",
            $"/m/x/{Samples.Asset:N}/1/v240/00000.m4s",
        })
        {
            using var answer = await Send(HttpMethod.Get, address);
            var problem = await Problem(answer);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), address);
            Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("urn:streaming:playback:token-invalid"));
        }
    }

    [Test]
    public async Task Somebody_signed_in_cannot_use_the_address_of_another_profile()
    {
        _server.Caller = Viewers.WithProfile(Profile);
        using var own = await Get("v240/init.mp4");
        _server.Caller = Viewers.WithProfile(Guid.CreateVersion7());
        using var other = await Get("v240/init.mp4");

        Assert.That((own.StatusCode, other.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.Forbidden)));
        Assert.That((await Problem(other)).GetProperty("type").GetString(), Is.EqualTo("urn:streaming:playback:other-profile"));
    }

    [Test]
    public async Task An_address_that_has_expired_says_to_start_again()
    {
        await using var server = await PlaybackServer.Start();
        var session = await server.Open(Profile);
        server.Caller = Caller.Anonymous;
        server.Clock.SetUtcNow(session.ExpiresAt - TimeSpan.FromSeconds(1));
        using var before = await server.Client.GetAsync(session.Hls);
        server.Clock.SetUtcNow(session.ExpiresAt);
        using var after = await server.Client.GetAsync(session.Hls);

        Assert.That((before.StatusCode, after.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.Gone)));
        Assert.That((await Problem(after)).GetProperty("detail").GetString(), Does.Contain("Start playback again"));
    }

    [Test]
    public async Task Growing_playlists_live_a_second_and_finished_ones_for_ever()
    {
        await using var server = await PlaybackServer.Start();
        server.Others.Presentation = Samples.Film(complete: false);
        var session = await server.Open(Profile);
        var index = session.Hls.Replace("master.m3u8", "v240/index.m3u8", StringComparison.Ordinal);
        using var growing = await server.Client.GetAsync(index);
        server.Others.Presentation = Samples.Film();
        using var soon = await server.Client.GetAsync(index);
        server.Clock.Advance(TimeSpan.FromMilliseconds(501));
        using var finished = await server.Client.GetAsync(index);
        server.Clock.Advance(TimeSpan.FromHours(1));
        using var later = await server.Client.GetAsync(index);
        var (was, now) = (await growing.Content.ReadAsStringAsync(), await finished.Content.ReadAsStringAsync());

        Assert.Multiple(async () =>
        {
            Assert.That(growing.Headers.CacheControl!.ToString(), Is.EqualTo("max-age=1"));
            Assert.That(await soon.Content.ReadAsStringAsync(), Is.EqualTo(was));
            Assert.That(now, Does.StartWith(was).And.EndWith("#EXT-X-ENDLIST\n"));
            Assert.That(finished.Headers.CacheControl!.ToString(), Is.EqualTo("public, max-age=31536000, immutable"));
            Assert.That(finished.Headers.ETag, Is.Not.EqualTo(growing.Headers.ETag));
            Assert.That(await later.Content.ReadAsStringAsync(), Is.EqualTo(now));
            Assert.That(server.Others.PresentationCalls, Is.EqualTo(2), "once growing, once finished");
        });
    }

    [Test]
    public async Task The_catalogue_is_asked_once_however_many_players_ask()
    {
        await using var server = await PlaybackServer.Start();
        var session = await server.Open(Profile);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => server.Client.GetStringAsync(session.Hls)));

        Assert.That((server.Others.PresentationCalls, answers.Distinct().Count()), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_growing_playlist_outlives_a_catalogue_that_does_not_answer()
    {
        await using var server = await PlaybackServer.Start();
        server.Others.Presentation = Samples.Film(complete: false);
        var session = await server.Open(Profile);
        server.Others.PresentationError = Error.Unavailable("catalog:down", "Down.");
        using var unknown = await server.Client.GetAsync(session.Hls);
        server.Others.PresentationError = null;
        var known = await server.Client.GetStringAsync(session.Hls);
        server.Others.PresentationError = Error.Unavailable("catalog:down", "Down.");
        server.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        using var last = await server.Client.GetAsync(session.Hls);
        Assert.That(await last.Content.ReadAsStringAsync(), Is.EqualTo(known));
        Assert.That(last.Headers.GetValues("Streaming-Fallback").Single(), Is.EqualTo("last-good"));
    }

    [Test]
    public async Task Serving_media_asks_the_database_nothing()
    {
        using var warm = await Get("v240/init.mp4");
        using var counter = new CommandCounter();
        await _server.Open(Profile);
        var opening = counter.Commands;
        _server.Caller = Caller.Anonymous;
        for (var i = 0; i < 20; i++)
        {
            using var segment = await Get("v240/00000.m4s");
            using var playlist = await Get("v240/index.m3u8");
        }

        Assert.Multiple(() =>
        {
            Assert.That(opening, Is.GreaterThan(0), "the counter counts");
            // Forty answers; what the host does by itself meanwhile may be a command or two.
            Assert.That(counter.Commands - opening, Is.LessThan(20));
        });
    }

    [Test]
    public async Task Other_players_may_ask_first()
    {
        using var answer = await Send(HttpMethod.Options, _media + "v240/00000.m4s", ("Origin", "https://player.example.org"), ("Access-Control-Request-Headers", "range"));

        Assert.Multiple(() =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
            Assert.That(answer.Headers.GetValues("Access-Control-Allow-Origin").Single(), Is.EqualTo("*"));
            Assert.That(answer.Headers.GetValues("Access-Control-Allow-Headers").Single(), Does.Contain("Range"));
        });
    }

    private Task<HttpResponseMessage> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, _media + path, headers);

    private async Task<HttpResponseMessage> Send(HttpMethod method, string address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _server.Client.SendAsync(request);
    }

    private async Task<string> Text(string path)
    {
        using var answer = await Get(path);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<int> RawStatus(string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Client.BaseAddress!.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return int.Parse((await reader.ReadLineAsync())!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<JsonElement> Problem(HttpResponseMessage answer)
    {
        Assert.That(answer.Content.Headers.ContentType, Is.EqualTo(new MediaTypeHeaderValue("application/problem+json")), $"{answer.StatusCode}");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>Counts what Entity Framework sends to any database.</summary>
    private sealed class CommandCounter : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly List<IDisposable> _subscriptions = [];
        private int _commands;

        public CommandCounter() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public int Commands => _commands;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore") _subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuting") Interlocked.Increment(ref _commands);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(s => s.Dispose());
    }
}
