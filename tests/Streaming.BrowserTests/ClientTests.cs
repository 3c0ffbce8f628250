using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>Players and upload clients that others wrote, on what we serve.</summary>
internal sealed partial class ClientTests : BrowserTest
{
    [Test]
    public async Task Hls_parser_reads_every_playlist_of_a_session_in_strict_mode()
    {
        using var client = await Host.SignedIn();
        var master = new Uri(Host.Url, (await client.Play(Library.Film)).GetProperty("hls").GetString());
        var text = await client.GetStringAsync(master);
        var listed = Listed().Matches(text).Select(m => m.Value.Trim('"')).ToList();
        // Three rungs, their key frames, two sound tracks and two subtitles.
        Assert.That(listed, Has.Count.EqualTo(8), text);

        var files = new List<string> { Save("master", text) };
        foreach (var playlist in listed) files.Add(Save(playlist.Replace('/', '-'), await client.GetStringAsync(new Uri(master, playlist))));
        await Node.Run("validate-hls.mjs", [.. files]);
    }

    [TestCase("hls")]
    [TestCase("dash")]
    public async Task Shaka_plays_what_hls_js_plays(string protocol)
    {
        var viewer = await Newcomer();
        var session = await (await viewer.Api.PostAsync("/api/playback/sessions", new() { DataObject = new { titleId = Library.Film } })).JsonAsync();
        var address = session!.Value.GetProperty(protocol).GetString();
        var warnings = new List<string>();
        viewer.Page.Console += (_, message) =>
        {
            if (message.Type is "warning" or "error" && !Known().IsMatch(message.Text)) warnings.Add(message.Text);
        };
        await viewer.Page.RouteAsync("**/shaka", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = "<!doctype html><html lang=en><link rel=icon href=data:,><video muted></video><script src=/shaka.js></script>",
        }));
        await viewer.Page.RouteAsync("**/shaka.js", route => route.FulfillAsync(new()
        {
            Path = Path.Combine(Node.Client, "node_modules/shaka-player/dist/shaka-player.compiled.debug.js"),
            ContentType = "text/javascript",
        }));
        await viewer.Page.GotoAsync("/shaka");

        var facts = await viewer.Page.EvaluateAsync<string>("""
            async (address) => {
              shaka.polyfill.installAll();
              shaka.log.setLevel(shaka.log.Level.WARNING);
              const video = document.querySelector('video');
              window.player = new shaka.Player();
              await player.attach(video);
              await player.load(address);
              await video.play();
              const languages = (tracks) => tracks.map((track) => track.language).sort().join();
              const heights = [...new Set(player.getVariantTracks().map((track) => track.height))].sort((a, b) => a - b).join();
              return `${heights} ${languages(player.getAudioTracks())} ${languages(player.getTextTracks())} ${Math.round(player.seekRange().end)}`;
            }
            """, address);
        await viewer.Until("document.querySelector('video').currentTime > 3");
        await viewer.Read<object?>("(document.querySelector('video').currentTime = 58, null)");
        await viewer.Until("document.querySelector('video').ended");
        await viewer.Read<object?>("player.destroy().then(() => null)");

        Assert.That(facts, Is.EqualTo("240,360,480 en,fr en,fr 60"));
        Assert.That(warnings, Is.Empty);
        viewer.Excuse("Possible encoding problem");
    }

    [Test]
    public async Task Tus_js_client_goes_on_in_another_process_where_the_first_broke_off()
    {
        // Noise is what an encoder cannot make small: 4 s that are worth interrupting.
        var file = await Clip.Make(Host.Folder, "noise.mp4", 4, "426x240", "24", "-vf", "noise=alls=80:allf=t", "-qp", "8");
        var memory = Path.Combine(Host.Folder, "tus.json");
        using var client = await Host.SignedIn();
        var token = client.DefaultRequestHeaders.Authorization!.Parameter!;
        var endpoint = new Uri(Host.Url, "/api/catalog/uploads").ToString();

        var broken = await Node.Run("upload.mjs", endpoint, token, file.FullName, memory, "0.45");
        var resumed = await Node.Run("upload.mjs", endpoint, token, file.FullName, memory, "1");

        var stopped = long.Parse(broken.Trim().Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var (from, ingest) = (long.Parse(resumed.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), Guid.Parse(resumed.Trim().Split(' ')[^1]));
        Assert.That(from, Is.InRange(1, file.Length - 1).And.GreaterThanOrEqualTo(stopped), "it begins where the first stopped");
        var view = await client.Settled(ingest, seconds: 60);
        Assert.That(view.GetProperty("state").GetString(), Is.EqualTo("ready"), view.ToString());
        Assert.That(Assets(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file.FullName)))), Is.EqualTo(1), "the bytes arrived as they were");
    }

    private static string Save(string name, string text)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Host.Folder, "playlists")).FullName, $"{name}.m3u8");
        File.WriteAllText(file, text);
        return file;
    }

    // The hash is nobody's business but the catalogue's, so it is read where the catalogue keeps it.
    private static long Assets(string sha256)
    {
        using var database = new SqliteConnection($"Data Source={Path.Combine(Host.Folder, "catalog.db")};Mode=ReadOnly;Pooling=False");
        database.Open();
        using var count = database.CreateCommand();
        count.CommandText = "SELECT count(*) FROM asset WHERE Sha256 = $sha";
        count.Parameters.AddWithValue("$sha", sha256);
        return (long)count.ExecuteScalar()!;
    }

    // It groups variants by language and says so; and it cuts the last reference where the picture ends, then wonders that the
    // sound of the last segment, which fills its last AAC frame, goes on for some milliseconds.
    [GeneratedRegex("""^Rejecting variant - not compatible with root|^Possible encoding problem.*/a0/00014\.m4s""")]
    private static partial Regex Known();

    [GeneratedRegex("""(?<=URI=)"[^"]+\.m3u8"|^[^#\s].*\.m3u8$""", RegexOptions.Multiline)]
    private static partial Regex Listed();
}
