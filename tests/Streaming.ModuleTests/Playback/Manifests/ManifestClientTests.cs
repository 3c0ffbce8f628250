using System.Diagnostics;
using Streaming.ModuleTests.Playback.Fixtures;
using Streaming.Playback.Manifests;

namespace Streaming.ModuleTests.Playback.Manifests;

/// <summary>Parsers that others wrote read what we write.</summary>
internal sealed class ManifestClientTests
{
    private static readonly string Client = Path.Combine(Root(), "tests", "Streaming.BrowserTests", "Client");
    private string _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        if (!Directory.Exists(Path.Combine(Client, "node_modules"))) Assert.Ignore("The client packages are not installed; build/test does it.");
        _folder = Directory.CreateTempSubdirectory("streaming-test-").FullName;
    }

    [TearDown]
    public void DeleteFolder()
    {
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Hls_parser_reads_every_playlist_in_strict_mode()
    {
        var files = Playlists().Select((text, i) => Save($"{i}.m3u8", text)).ToArray();
        Assert.That(await Run("validate-hls.mjs", files), Is.EqualTo((0, string.Concat(files.Select(f => $"{f}: ok\n")))));
    }

    [Test]
    public async Task Hls_parser_refuses_a_playlist_that_is_wrong() => Assert.That(
        (await Run("validate-hls.mjs", Save("wrong.m3u8", Playlists().First().Replace("BANDWIDTH=", "B=", StringComparison.Ordinal)))).Exit, Is.EqualTo(1));

    [Test]
    public async Task Shaka_reads_the_manifests()
    {
        var finished = await Run("validate-dash.mjs", Save("finished.mpd", DashManifest.Write(Samples.Film(), default)));
        var growing = await Run("validate-dash.mjs", Save("growing.mpd", DashManifest.Write(Samples.Film(complete: false), DateTimeOffset.UnixEpoch)));

        Assert.Multiple(() =>
        {
            Assert.That(finished.Exit, Is.Zero, finished.Said);
            Assert.That(finished.Said, Does.Contain("\"duration\":22.5,\"variants\":6,\"texts\":2"));
            Assert.That(finished.Said, Does.Contain("\"v720\":6").And.Contain("\"a1\":6"));
            Assert.That(growing.Exit, Is.Zero, growing.Said);
            Assert.That(growing.Said, Does.Contain("\"duration\":22.5,\"variants\":2,\"texts\":2").And.Contain("\"v240\":3"));
        });
    }

    [Test]
    public async Task Shaka_refuses_a_manifest_that_is_wrong() => Assert.That(
        (await Run("validate-dash.mjs", Save("wrong.mpd", DashManifest.Write(Samples.Film() with { Video = [], Audio = [] }, default)))).Exit, Is.EqualTo(1));

    private static IEnumerable<string> Playlists()
    {
        var film = Samples.Film();
        foreach (var one in new[] { film, Samples.Film(complete: false), film with { Audio = [], Subtitles = [] }, film with { Video = [], Subtitles = [] } })
        {
            yield return HlsMultivariantPlaylist.Write(one);
            foreach (var rung in one.Video)
            {
                yield return HlsMediaPlaylist.Write(rung.Timescale, rung.Complete, rung.Segments);
                yield return HlsIframePlaylist.Write(rung.Timescale, rung.Complete, rung.Segments);
            }

            foreach (var track in one.Audio) yield return HlsMediaPlaylist.Write(track.Timescale, track.Complete, track.Segments);
        }

        yield return HlsSubtitlePlaylist.Write("s0", film.DurationSeconds);
    }

    private string Save(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task<(int Exit, string Said)> Run(string script, params string[] files)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Client, script), .. files]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var said = node.StandardOutput.ReadToEndAsync(limit.Token);
        var complained = node.StandardError.ReadToEndAsync(limit.Token);
        await node.WaitForExitAsync(limit.Token);
        return (node.ExitCode, await said + await complained);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "global.json"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
