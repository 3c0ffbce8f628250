using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Streaming.Catalog.Artwork;
using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Titles;

internal sealed class ArtworkTests
{
    private TitlesServer _catalog = null!;
    private string _title = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _catalog = await TitlesServer.Start();
        _catalog.Server.Caller = TitlesHost.Publisher;
        _title = (await _catalog.Client.PostAsJsonAsync("/api/catalog/titles", new { name = "Pictured" })).Headers.Location!.ToString();
    }

    [OneTimeTearDown]
    public Task Stop() => _catalog.DisposeAsync().AsTask();

    [TestCase("jpg", "320x240")]
    [TestCase("png", "1920x1080")]
    [TestCase("webp", "300x900")]
    public async Task A_picture_becomes_artwork_of_one_size_as_a_new_version(string format, string size)
    {
        var before = (int)(await _catalog.Client.GetFromJsonAsync<JsonObject>(_title))!["version"]!;
        var answer = await Put(await Picture(format, size));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
        var title = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.That((int)title["version"]!, Is.EqualTo(before + 1));

        var address = (string)title["artwork"]!;
        var served = await _catalog.Client.GetAsync(address);
        Assert.That(served.Content.Headers.ContentType?.MediaType, Is.EqualTo("image/jpeg"));
        Assert.That(served.Headers.CacheControl?.ToString(), Is.EqualTo("public, max-age=31536000, immutable"));
        Assert.That(await SizeOf(await served.Content.ReadAsByteArrayAsync()), Is.EqualTo("1280,720"));

        using var again = new HttpRequestMessage(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(served.Headers.ETag!);
        Assert.That((await _catalog.Client.SendAsync(again)).StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        using var head = new HttpRequestMessage(HttpMethod.Head, address);
        Assert.That((await _catalog.Client.SendAsync(head)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Directory.EnumerateFiles(Path.Combine(_catalog.Folder, "artwork")), Is.Empty);
    }

    [Test]
    public async Task What_is_no_picture_is_refused()
    {
        var damaged = (await Picture("png", "64x64"))[..200];
        foreach (var picture in new[] { [], "<svg/>"u8.ToArray(), "GIF89a"u8.ToArray(), damaged, [0xFF, 0xD8, 0xFF, 0xE0] })
            Assert.That((await Put(picture)).StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task A_picture_that_is_too_large_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{_title}/artwork") { Content = new ByteArrayContent(new byte[ArtworkFiles.MaxBytes + 1]) };
        request.Headers.ExpectContinue = true;
        var answer = await _catalog.Client.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [TestCase("/artwork/{0}/{1}.jpg")]
    [TestCase("/artwork/{0}/..%2f..%2f..%2fcatalog.db")]
    [TestCase("/artwork/{0}/%2e%2e/{1}.jpg")]
    [TestCase("/artwork/{0}/{1}.jpg/")]
    [TestCase("/artwork/{0}/{1}.png")]
    [TestCase("/artwork/..%2f..%2f{0}/{1}.jpg")]
    [TestCase("/artwork/{0}/short.jpg")]
    [TestCase("/artwork/{0}/..%2fcatalog.db.................................................jpg")]
    public async Task Names_that_nothing_is_under_are_not_found(string address)
    {
        var asked = string.Format(System.Globalization.CultureInfo.InvariantCulture, address, Guid.CreateVersion7(), new string('a', 64));
        Assert.That((await _catalog.Client.GetAsync(asked)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private async Task<HttpResponseMessage> Put(byte[] picture) => await _catalog.Client.PutAsync($"{_title}/artwork", new ByteArrayContent(picture));

    private async Task<byte[]> Picture(string format, string size)
    {
        var file = Path.Combine(_catalog.Folder, $"{Guid.NewGuid():N}.{format}");
        var made = await FfmpegProcess.RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", $"testsrc2=size={size}", "-frames:v", "1", file], CancellationToken.None);
        Assert.That(made.Value.Code, Is.Zero, made.Value.ErrorTail);
        return await File.ReadAllBytesAsync(file);
    }

    private async Task<string> SizeOf(byte[] picture)
    {
        var file = Path.Combine(_catalog.Folder, $"{Guid.NewGuid():N}.jpg");
        await File.WriteAllBytesAsync(file, picture);
        var probe = await FfmpegProcess.RunAsync("ffprobe", ["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", file], CancellationToken.None);
        return probe.Value.Output.Trim();
    }
}
