using System.Net;
using System.Text;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

/// <summary>Files that are not what they say: each ends in a clear state, nothing half-published.</summary>
[Parallelizable(ParallelScope.Self)]
public sealed class BadInputTests
{
    private TestHost _host = null!;
    private HttpClient _client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _host = await TestHost.Start();
        _client = await _host.SignedIn();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [TestCase("empty.mp4", "")]
    [TestCase("letter.mp4", "Dear Sir or Madam, this is not a film.")]
    [TestCase("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://127.0.0.1:1/secret.ts\n#EXT-X-ENDLIST\n")]
    [TestCase("concat.mp4", "ffconcat version 1.0\nfile /etc/passwd\n")]
    public async Task What_is_no_video_is_rejected_with_the_reason(string name, string content)
    {
        var file = new FileInfo(Path.Combine(_host.Folder, name));
        await File.WriteAllTextAsync(file.FullName, content, Encoding.ASCII);

        var view = await _client.Settled(await _client.Upload(file, publish: true), seconds: 20);

        Assert.That(view.GetProperty("state").GetString(), Is.EqualTo("rejected"), view.ToString());
        Assert.That(view.GetProperty("failure").GetProperty("message").GetString(), Has.Length.GreaterThan(20));
        await NotPublished(view.GetProperty("titleId").GetGuid());
    }

    [Test]
    public async Task A_truncated_source_fails_and_may_be_published_as_it_is()
    {
        var whole = await Clip.Make(_host.Folder, "whole.mp4", 12, more: ["-movflags", "+faststart"]);
        var bytes = await File.ReadAllBytesAsync(whole.FullName);
        var file = new FileInfo(Path.Combine(_host.Folder, "truncated.mp4"));
        await File.WriteAllBytesAsync(file.FullName, bytes[..(bytes.Length * 6 / 10)]);

        var ingest = await _client.Upload(file, publish: true);
        var failed = await _client.Settled(ingest);
        var draft = await (await _client.GetAsync($"/api/catalog/titles/{failed.GetProperty("titleId").GetGuid()}")).Json();
        Assert.That(draft.GetProperty("state").GetString(), Is.EqualTo("draft"), "what failed is not published");
        Assert.That(failed.GetProperty("failure").GetProperty("code").GetString(), Is.EqualTo("truncated-source"), failed.ToString());
        Assert.That(failed.GetProperty("actions").EnumerateArray().Select(a => a.GetString()), Does.Contain("publish-anyway"));

        using var accepted = await _client.PostAsync($"/api/catalog/ingests/{ingest}/publish-anyway", null);
        Assert.That(accepted.IsSuccessStatusCode, Is.True, await accepted.Content.ReadAsStringAsync());
        var view = await _client.Until(ingest, v => v.GetProperty("state").GetString() == "ready");
        var session = await _client.Play(view.GetProperty("titleId").GetGuid());
        Assert.That(await Clip.Complaints(new Uri(_host.Url, session.GetProperty("hls").GetString()).ToString()), Is.Empty);
    }

    [Test]
    public async Task The_same_file_twice_at_once_is_encoded_once()
    {
        var file = await Clip.Make(_host.Folder, "twice.mp4", 5);

        var titles = await Task.WhenAll(_client.Release(file), _client.Release(file));

        Assert.That(titles.Distinct().Count(), Is.EqualTo(2));
        var folders = new List<string>();
        foreach (var title in titles) folders.Add((await _client.Play(title)).GetProperty("hls").GetString()!.Split('/')[3]);
        Assert.That(folders.Distinct().Count(), Is.EqualTo(1), "both titles play the same asset");
    }

    [Test]
    public async Task A_name_with_path_tricks_is_only_a_name()
    {
        var file = await Clip.Make(_host.Folder, "tricks.mp4", 3);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/catalog/uploads");
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Length", $"{file.Length}");
        request.Headers.Add("Upload-Metadata", $"filename {Convert.ToBase64String("../../../../etc/cron.d/evil\0.mp4"u8)}");
        using var begun = await _client.SendAsync(request);
        Assert.That(begun.StatusCode, Is.EqualTo(HttpStatusCode.Created));

        using var patch = new HttpRequestMessage(HttpMethod.Patch, begun.Headers.Location);
        patch.Headers.Add("Tus-Resumable", "1.0.0");
        patch.Headers.Add("Upload-Offset", "0");
        patch.Content = new ByteArrayContent(await File.ReadAllBytesAsync(file.FullName));
        patch.Content.Headers.ContentType = new("application/offset+octet-stream");
        using var sent = await _client.SendAsync(patch);
        var view = await _client.Settled(Guid.Parse(sent.Headers.GetValues("Streaming-Ingest").Single()));

        Assert.That(view.GetProperty("fileName").GetString(), Does.Not.Contain("/").And.Not.Contain("\0"));
        Assert.That(File.Exists("/etc/cron.d/evil.mp4"), Is.False);
    }

    /// <summary>A file that became nothing leaves no title behind.</summary>
    private async Task NotPublished(Guid title) => await (await _client.GetAsync($"/api/catalog/titles/{title}")).Problem(HttpStatusCode.NotFound);
}
