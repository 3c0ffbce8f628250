using System.Net;
using System.Text.Json;
using Streaming.ModuleTests.Fixtures;
using Streaming.Recommendations;

namespace Streaming.ModuleTests.Recommendations;

internal sealed class RecommendationHttpTests
{
    private readonly FakeCatalog _catalog = new();
    private TestDatabase _database = null!;
    private ModuleServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        // Before the start, which gathers a home page that is then kept for seconds.
        for (var i = 0; i < 3; i++) _catalog.Add($"Title {i}", ["drama"]);
        _database = await TestDatabase.Create(Engine.Sqlite);
        _server = await ModuleServer.Start(
            [new RecommendationsModule()], new Dictionary<string, string?> { ["data:folder"] = _database.Folder }, _catalog.Register);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task The_home_page_is_a_list_of_rows_of_ids()
    {
        var row = JsonDocument.Parse(await _server.Client.GetStringAsync("/api/recommendations/home?limit=2")).RootElement.GetProperty("items")[0];
        Assert.Multiple(() =>
        {
            Assert.That(row.GetProperty("id").GetString(), Is.EqualTo("genre:drama"));
            Assert.That(row.GetProperty("label").GetString(), Is.EqualTo("Drama"));
            Assert.That(row.GetProperty("titleIds").GetArrayLength(), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task Similar_titles_are_a_list_of_ids()
    {
        var list = JsonDocument.Parse(await _server.Client.GetStringAsync($"/api/recommendations/similar/{_catalog.Titles[0].Id}")).RootElement;
        Assert.That(
            list.GetProperty("items").EnumerateArray().Select(id => id.GetGuid()), Is.EquivalentTo(new[] { _catalog.Titles[1].Id, _catalog.Titles[2].Id }));
    }

    [TestCase("home?limit=0", HttpStatusCode.UnprocessableEntity)]
    [TestCase("home?limit=many", HttpStatusCode.BadRequest)]
    [TestCase("similar/0197f3d0-0000-7000-8000-000000000001", HttpStatusCode.NotFound)]
    [TestCase("similar/nonsense", HttpStatusCode.NotFound)]
    public async Task What_is_wrong_is_told_by_status(string path, HttpStatusCode status) =>
        Assert.That((await _server.Client.GetAsync($"/api/recommendations/{path}")).StatusCode, Is.EqualTo(status));
}
