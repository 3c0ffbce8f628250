using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>Watching what is still being encoded: the playlist is of type EVENT and grows under the player.</summary>
internal sealed partial class GrowingTests : BrowserTest
{
    private const int Seconds = 24;

    [Test]
    public async Task A_film_is_watched_to_its_end_while_it_is_being_encoded()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-growing-");
        try
        {
            await using var slow = await TestHost.Start(folder.FullName, ("catalog:ffmpeg:ffmpeg", await Hesitant(folder)));
            using var client = await slow.SignedIn();
            var ingest = await client.Upload(await Clip.Make(slow.Folder, "Still growing.mp4", Seconds, "426x240", "12"), publish: true);
            var title = (await client.Until(ingest, view => view.GetProperty("progress").GetDouble() > 0, 60)).GetProperty("titleId").GetGuid();
            await client.UntilPlayable(title);

            var viewer = await Visit(slow.Url);
            await viewer.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
            var (kinds, ends) = (new List<string>(), new List<double>());
            viewer.Page.Response += async (_, response) =>
            {
                if (!response.Url.Contains("/v", StringComparison.Ordinal) || !response.Url.EndsWith(".m3u8", StringComparison.Ordinal)) return;
                var text = await response.TextAsync();
                lock (kinds)
                {
                    kinds.Add(text.Contains("#EXT-X-ENDLIST", StringComparison.Ordinal) ? "ended" : text.Contains("#EXT-X-PLAYLIST-TYPE:EVENT", StringComparison.Ordinal) ? "growing" : "neither");
                    ends.Add(Length().Matches(text).Sum(m => double.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
                }
            };
            await viewer.Page.GotoAsync($"/titles/{title}");
            await viewer.Play(viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Play", Exact = true }));
            await Expect(viewer.Page.Locator(".player-time")).ToContainTextAsync($"/ 0:{Seconds}");
            Assert.That((await client.Ingest(ingest)).GetProperty("state").GetString(), Is.Not.EqualTo("ready"), "it is still being encoded");

            await viewer.Until("streamingPlayer.state.ended", seconds: 60);

            Assert.That(await viewer.Read<double>("streamingPlayer.state.position"), Is.EqualTo(Seconds).Within(0.1));
            Assert.That(await viewer.Read<string?>("streamingPlayer.state.error?.code ?? null"), Is.Null);
            await Expect(viewer.Page.Locator(".player-end")).ToBeVisibleAsync();
            lock (kinds)
            {
                Assert.That(kinds.Distinct(), Is.EqualTo((string[])["growing", "ended"]));
                Assert.That(ends[0], Is.LessThan(ends[^1]), "the playlist grew");
            }

            await client.Settled(ingest);
            await viewer.Page.GotoAsync("about:blank");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Reads its first input at twice the speed at which people watch, so that the encoding outlasts the start of the watching.
    private static async Task<string> Hesitant(DirectoryInfo folder)
    {
        var script = Path.Combine(folder.FullName, "ffmpeg-hesitant");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nfor one; do case $one in hls) exec ffmpeg -readrate 1.5 \"$@\" ;; esac; done\nexec ffmpeg \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }

    [GeneratedRegex(@"#EXTINF:([\d.]+)")]
    private static partial Regex Length();
}
