using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

/// <summary>A film goes in over HTTP, and what comes out is what players expect.</summary>
[Parallelizable(ParallelScope.Self)]
public sealed partial class WatchTests
{
    private TestHost _host = null!;
    private HttpClient _client = null!;
    private FileInfo _source = null!;
    private JsonElement _session;

    [OneTimeSetUp]
    public async Task Release()
    {
        _host = await TestHost.Start();
        _client = await _host.SignedIn();
        // An odd length and NTSC's rate: neither segments nor frames come out even.
        _source = await Clip.Make(_host.Folder, "A Walk.mp4", 9.3, "1280x720", "30000/1001");
        _session = await _client.Play(await _client.Release(_source));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public async Task Every_rung_decodes_without_a_complaint_and_has_every_frame_of_the_source()
    {
        var frames = await Clip.Frames(_source.FullName);
        var rungs = await Rungs();
        Assert.That(rungs, Has.Count.GreaterThanOrEqualTo(3));
        foreach (var rung in rungs)
        {
            Assert.That(await Clip.Complaints(rung.ToString()), Is.Empty, rung.ToString());
            Assert.That(await Clip.Frames(rung.ToString()), Is.EqualTo(frames), rung.ToString());
        }
    }

    [Test]
    public async Task The_dash_manifest_plays_too()
    {
        var manifest = new Uri(_host.Url, _session.GetProperty("dash").GetString());
        Assert.That(await Clip.Frames(manifest.ToString()), Is.EqualTo(await Clip.Frames(_source.FullName)));
    }

    [Test]
    public async Task Rungs_are_cut_at_the_same_times()
    {
        var cuts = new List<string>();
        foreach (var rung in await Rungs())
            cuts.Add(string.Join(' ', Durations().Matches(await _client.GetStringAsync(rung)).Select(m => m.Value)));
        Assert.That(cuts.Distinct().Count(), Is.EqualTo(1), string.Join('\n', cuts));
    }

    [Test]
    public async Task Segments_are_served_whole_in_parts_and_not_again()
    {
        var segment = await FirstSegment();
        var whole = await _client.GetByteArrayAsync(segment);

        using var part = await Get(segment, new RangeHeaderValue(10, 19));
        using var tail = await Get(segment, new RangeHeaderValue(null, 5));
        using var beyond = await Get(segment, new RangeHeaderValue(whole.Length, null));
        using var first = await Get(segment);
        using var again = await Get(segment, etag: first.Headers.ETag);

        Assert.Multiple(() =>
        {
            Assert.That(part.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
            Assert.That(part.Content.Headers.ContentRange!.ToString(), Is.EqualTo($"bytes 10-19/{whole.Length}"));
            Assert.That(tail.Content.Headers.ContentLength, Is.EqualTo(5));
            Assert.That(beyond.StatusCode, Is.EqualTo(HttpStatusCode.RequestedRangeNotSatisfiable));
            Assert.That(first.Headers.CacheControl!.ToString(), Is.EqualTo("public, max-age=31536000, immutable"));
            Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        });
        Assert.That(await part.Content.ReadAsByteArrayAsync(), Is.EqualTo(whole[10..20]));
        Assert.That(await tail.Content.ReadAsByteArrayAsync(), Is.EqualTo(whole[^5..]));
    }

    [Test]
    public async Task A_tampered_address_is_refused()
    {
        var segment = (await FirstSegment()).ToString();
        var token = segment.Split('/')[4];
        // A character in the middle: the last one of a base64 text may hold bits that mean nothing.
        var at = token.Length - 10;
        var tampered = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];

        using var client = _host.Anonymous();
        await (await client.GetAsync(segment.Replace(token, tampered, StringComparison.Ordinal))).Problem(HttpStatusCode.Forbidden);
    }

    [TestCase("../../../keys/operator.key")]
    [TestCase("..%2f..%2f..%2fkeys%2foperator.key")]
    [TestCase("v1280/%2e%2e/%2e%2e/00000.m4s")]
    public async Task Path_tricks_lead_nowhere(string path)
    {
        var hls = _session.GetProperty("hls").GetString()!;
        var folder = hls[..(hls.LastIndexOf('/') + 1)];
        using var client = _host.Anonymous();
        using var answer = await client.GetAsync(new Uri($"{_host.Url.ToString().TrimEnd('/')}{folder}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        Assert.That((int)answer.StatusCode, Is.AnyOf(400, 403, 404));
    }

    [Test]
    public async Task A_watched_position_comes_back_on_the_next_session()
    {
        var title = await _client.Release(await Clip.Make(_host.Folder, "longer.mp4", 30, "320x180"));
        var session = await _client.Play(title);
        var at = TimeProvider.System.GetUtcNow();
        object[] events =
        [
            new { sequence = 1, kind = "started", at, positionSeconds = 0.0 },
            new { sequence = 2, kind = "progress", at = at.AddSeconds(17), positionSeconds = 17.0 },
        ];
        using var posted = await _client.PostAsJsonAsync($"/api/playback/sessions/{session.GetProperty("id").GetString()}/events", events);
        Assert.That(posted.IsSuccessStatusCode, Is.True, await posted.Content.ReadAsStringAsync());

        var watching = await (await _client.GetAsync("/api/playback/continue-watching")).Json();

        var row = watching.GetProperty("items").EnumerateArray().Single(i => i.GetProperty("titleId").GetGuid() == title);
        Assert.That(row.GetProperty("positionSeconds").GetDouble(), Is.EqualTo(17.0).Within(0.01));
    }

    private async Task<IReadOnlyList<Uri>> Rungs()
    {
        var master = new Uri(_host.Url, _session.GetProperty("hls").GetString());
        var text = await _client.GetStringAsync(master);
        return [.. text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')).Select(line => new Uri(master, line))];
    }

    private async Task<Uri> FirstSegment()
    {
        var playlist = (await Rungs())[0];
        return new Uri(playlist, (await _client.GetStringAsync(playlist)).Split('\n').First(line => line.EndsWith(".m4s", StringComparison.Ordinal)));
    }

    private async Task<HttpResponseMessage> Get(Uri address, RangeHeaderValue? range = null, EntityTagHeaderValue? etag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = range;
        if (etag is not null) request.Headers.IfNoneMatch.Add(etag);
        return await _client.SendAsync(request);
    }

    [GeneratedRegex(@"#EXTINF:[\d.]+")]
    private static partial Regex Durations();
}
