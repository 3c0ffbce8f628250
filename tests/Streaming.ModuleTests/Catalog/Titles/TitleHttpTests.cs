using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Streaming.ModuleTests.Catalog.Titles;

internal sealed class TitleHttpTests
{
    private TitlesServer _catalog = null!;

    [OneTimeSetUp]
    public async Task Start() => _catalog = await TitlesServer.Start();

    [OneTimeTearDown]
    public Task Stop() => _catalog.DisposeAsync().AsTask();

    [SetUp]
    public void SignIn() => _catalog.Server.Caller = TitlesHost.Publisher;

    [Test]
    public async Task A_title_is_made_read_changed_sent_back_and_published()
    {
        var made = await _catalog.Client.PostAsJsonAsync("/api/catalog/titles", new { name = "First", genres = new[] { "drama" }, cast = new[] { "Ada" }, year = 1999 });
        Assert.That(made.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(made.Headers.ETag?.Tag, Is.EqualTo("\"1\""));
        var address = made.Headers.Location!.ToString();

        var title = (await _catalog.Client.GetFromJsonAsync<JsonObject>(address))!;
        Assert.That(address, Is.EqualTo($"/api/catalog/titles/{title["id"]}"));
        Assert.That((string?)title["state"], Is.EqualTo("draft"));
        title["name"] = "Second";
        var edited = await Put(address, title, "\"1\"");
        Assert.That((edited.StatusCode, edited.Headers.ETag?.Tag), Is.EqualTo((HttpStatusCode.OK, "\"2\"")));
        Assert.That((int?)(await Body(edited))["year"], Is.EqualTo(1999));

        Assert.That(await Problem(await _catalog.Client.PostAsync($"{address}/publish", null)), Is.EqualTo((409, "urn:streaming:catalog:not-publishable")));
        await _catalog.MakePlayable(Guid.Parse((string)title["id"]!));
        var published = await Body(await _catalog.Client.PostAsync($"{address}/publish", null));
        Assert.That(((string?)published["state"], (int?)published["publishedVersion"]), Is.EqualTo(("published", 2)));

        var versions = await _catalog.Client.GetFromJsonAsync<JsonObject>($"{address}/versions");
        Assert.That(versions!["items"]!.AsArray().Select(v => (int)v!["version"]!), Is.EqualTo([2, 1]));
        Assert.That((string?)(await _catalog.Client.GetFromJsonAsync<JsonObject>($"{address}/versions/1"))!["name"], Is.EqualTo("First"));
        Assert.That((await _catalog.Client.GetAsync($"{address}/versions/3")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await _catalog.Client.GetFromJsonAsync<JsonObject>("/api/catalog/titles?genre=drama&q=sec"))!["items"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((string?)(await Body(await _catalog.Client.PostAsync($"{address}/unpublish", null)))["state"], Is.EqualTo("draft"));
    }

    [Test]
    public async Task A_change_says_what_it_is_based_on()
    {
        var address = await Make("Guarded");
        Assert.That(await Problem(await Put(address, new { name = "x" }, null)), Is.EqualTo((428, "urn:streaming:error:precondition-required")));
        Assert.That((await Put(address, new { name = "x" }, "\"1\"")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        foreach (var stale in new[] { "\"1\"", "\"abc\"", "W/\"2\"", "\"99999999999\"" })
        {
            var answer = await Put(address, new { name = "y" }, stale);
            Assert.That((int)answer.StatusCode, Is.EqualTo(412), stale);
            Assert.That((string?)(await Body(answer))["currentVersion"], Is.EqualTo("2"));
        }

        Assert.That((await Put(address, new { name = "z" }, "*")).Headers.ETag?.Tag, Is.EqualTo("\"3\""));
    }

    [Test]
    public async Task The_same_idempotency_key_makes_one_title()
    {
        async Task<HttpResponseMessage> Post(object body, string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/catalog/titles") { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", key);
            return await _catalog.Client.SendAsync(request);
        }

        var key = $"\"{Guid.CreateVersion7()}\"";
        var first = await Post(new { name = "Once" }, key);
        var again = await Post(new { name = "Once" }, key);
        Assert.That(again.Headers.Location, Is.EqualTo(first.Headers.Location).And.Not.Null);
        Assert.That((await Post(new { name = "Else" }, key)).StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await Post(new { name = "Once" }, "soon")).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("""{"name":"x","genre":["drama"]}""", 422, "genre")]
    [TestCase("""{"titel":"x"}""", 422, "titel")]
    [TestCase("""{"name":"","maturity":5,"year":1}""", 422, "name maturity year")]
    [TestCase("""{"name":"x","kind":"movie"}""", 422, "kind")]
    [TestCase("""{"name":"x","kind":"episode"}""", 422, "seriesId")]
    [TestCase("""{"name":"x","favouriteColour":"red"}""", 201, "")]
    [TestCase("""{"name":5}""", 400, "")]
    [TestCase("""{"name":"x","maturity":"7"}""", 400, "")]
    [TestCase("""{"name":"x","availableFrom":"tomorrow"}""", 400, "")]
    [TestCase("""{"name":""", 400, "")]
    [TestCase("", 400, "")]
    public async Task Wrong_bodies_are_told_what_is_wrong(string body, int status, string fields)
    {
        var answer = await _catalog.Client.PostAsync("/api/catalog/titles", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        if (fields != "") Assert.That((await Body(answer))["errors"]!.AsObject().Select(e => e.Key), Is.EquivalentTo(fields.Split(' ')));
    }

    [Test]
    public async Task Who_may_not_is_told_so()
    {
        var address = await Make("Mine");
        _catalog.Server.Caller = Kernel.Caller.Anonymous;
        Assert.That((await _catalog.Client.PostAsJsonAsync("/api/catalog/titles", new { name = "x" })).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await _catalog.Client.GetAsync(address)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        _catalog.Server.Caller = TitlesHost.Viewer(18);
        Assert.That((await Put(address, new { name = "x" }, "\"1\"")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await _catalog.Client.GetAsync("/api/catalog/titles?limit=0")).StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await _catalog.Client.GetAsync("/api/catalog/genres")).Headers.CacheControl?.Private, Is.True);
    }

    private async Task<string> Make(string name) =>
        (await _catalog.Client.PostAsJsonAsync("/api/catalog/titles", new { name })).Headers.Location!.ToString();

    private async Task<HttpResponseMessage> Put(string address, object body, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = JsonContent.Create(body) };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await _catalog.Client.SendAsync(request);
    }

    private static async Task<JsonObject> Body(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

    private static async Task<(int, string?)> Problem(HttpResponseMessage answer) => ((int)answer.StatusCode, (string?)(await Body(answer))["type"]);
}
