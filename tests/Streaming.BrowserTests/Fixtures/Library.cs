using System.Net;
using System.Net.Http.Json;
using System.Text;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests.Fixtures;

/// <summary>What the host has to show: a film long enough to switch qualities in, a series, and a film that is not for children.</summary>
/// <param name="Film">60 s, three rungs, sound and subtitles in two languages.</param>
/// <param name="Series">Two episodes of 7.3 s.</param>
/// <param name="Grown">Fit from 16.</param>
internal sealed record Library(Guid Film, Guid Series, Guid FirstEpisode, Guid SecondEpisode, Guid Grown)
{
    public const string FilmName = "The Long Way Round";
    public const string SeriesName = "Two Short Parts";
    public const string SecondName = "The Other Part";
    public const string GrownName = "After Midnight";
    public const double EpisodeSeconds = 7.3;

    /// <summary>An account with a profile for the grown-ups and one with limit 7.</summary>
    public const string FamilyEmail = "family@example.test";
    public const string FamilyPassword = "a family's password";
    public const string ChildName = "Little one";

    public static async Task<Library> Fill(TestHost host)
    {
        using var publisher = await host.SignedIn();
        await Family(host);
        var film = await FilmFile(host.Folder);
        var episode = await Clip.Make(host.Folder, "episode.mp4", EpisodeSeconds, "426x240");
        var series = await Title(publisher, new { kind = "series", name = SeriesName, synopsis = "A story told twice, briefly.", genres = (string[])["drama"], maturity = 0 });
        using (var published = await publisher.PostAsync($"/api/catalog/titles/{series}/publish", null)) await published.Json();

        var ids = await Task.WhenAll(
            Release(publisher, film, new { name = FilmName, synopsis = "Somebody walks around a lake and comes back another.", year = 2024, genres = (string[])["drama", "nature"], maturity = 0 }),
            Release(publisher, episode, new { kind = "episode", seriesId = series, season = 1, episode = 1, name = "One Part", synopsis = "It begins.", maturity = 0 }),
            Release(publisher, episode, new { kind = "episode", seriesId = series, season = 1, episode = 2, name = SecondName, synopsis = "It ends.", maturity = 0 }),
            Release(publisher, episode, new { name = GrownName, synopsis = "What happens when the children sleep.", genres = (string[])["thriller"], maturity = 16 }));
        return new Library(ids[0], series, ids[1], ids[2], ids[3]);
    }

    // A picture whose rungs lie well apart in bit rate, at half the usual frames so that it is encoded in a few seconds.
    public static async Task<FileInfo> FilmFile(string folder, string name = "film.mkv", int seconds = 60)
    {
        var picture = await Clip.Make(folder, $"{name}.picture.mp4", seconds, "854x480", "12");
        foreach (var language in (string[])["eng", "fra"])
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.{language}.srt"), string.Concat(Enumerable.Range(0, seconds / 2).Select(i =>
                $"{i + 1}\n{TimeSpan.FromSeconds(2 * i):hh\\:mm\\:ss},000 --> {TimeSpan.FromSeconds((2 * i) + 2):hh\\:mm\\:ss},000\n{(language == "eng" ? "Line" : "Ligne")} {i + 1}\n\n")));
        var file = Path.Combine(folder, name);
        await Clip.Run("ffmpeg", [
            "-nostdin", "-v", "error", "-y", "-i", picture.FullName, "-f", "lavfi", "-i", $"sine=frequency=550:sample_rate=48000:duration={seconds}",
            "-i", $"{file}.eng.srt", "-i", $"{file}.fra.srt", "-map", "0:v", "-map", "0:a", "-map", "1:a", "-map", "2:s", "-map", "3:s",
            "-c:v", "copy", "-c:a", "aac", "-c:s", "srt",
            "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra", "-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=fra", file]);
        return new FileInfo(file);
    }

    private static async Task Family(TestHost host)
    {
        using var nobody = host.Anonymous();
        await (await nobody.PostAsJsonAsync("/api/users/register", new { email = FamilyEmail, password = FamilyPassword })).Json(HttpStatusCode.Created);
        using var family = await host.SignedIn(FamilyEmail, FamilyPassword);
        await (await family.PostAsJsonAsync("/api/users/profiles", new { name = ChildName, maturityLimit = 7 })).Json(HttpStatusCode.Created);
    }

    private static async Task<Guid> Title(HttpClient publisher, object content) =>
        (await (await publisher.PostAsJsonAsync("/api/catalog/titles", content)).Json(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    private static async Task<Guid> Release(HttpClient publisher, FileInfo file, object content)
    {
        var title = await Title(publisher, content);
        var view = await publisher.Settled(await Send(publisher, file, title));
        Assert.That(view.GetProperty("state").GetString(), Is.EqualTo("ready"), view.ToString());
        return title;
    }

    // tus in one piece, with the title that the file is for.
    private static async Task<Guid> Send(HttpClient publisher, FileInfo file, Guid title)
    {
        using var begin = new HttpRequestMessage(HttpMethod.Post, "/api/catalog/uploads");
        begin.Headers.Add("Tus-Resumable", "1.0.0");
        begin.Headers.Add("Upload-Length", $"{file.Length}");
        begin.Headers.Add("Upload-Metadata", $"filename {Base64(file.Name)},titleId {Base64($"{title}")},publish {Base64("true")}");
        using var begun = await publisher.SendAsync(begin);
        Assert.That(begun.StatusCode, Is.EqualTo(HttpStatusCode.Created), await begun.Content.ReadAsStringAsync());

        using var patch = new HttpRequestMessage(HttpMethod.Patch, begun.Headers.Location);
        patch.Headers.Add("Tus-Resumable", "1.0.0");
        patch.Headers.Add("Upload-Offset", "0");
        patch.Content = new ByteArrayContent(await File.ReadAllBytesAsync(file.FullName));
        patch.Content.Headers.ContentType = new("application/offset+octet-stream");
        using var sent = await publisher.SendAsync(patch);
        Assert.That(sent.IsSuccessStatusCode, Is.True, await sent.Content.ReadAsStringAsync());
        return Guid.Parse(sent.Headers.GetValues("Streaming-Ingest").Single());

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }
}
