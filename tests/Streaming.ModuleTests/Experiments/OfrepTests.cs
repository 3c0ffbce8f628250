using System.Net;
using System.Text;
using System.Text.Json;
using Streaming.Experiments;
using Streaming.Experiments.Flags;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;

namespace Streaming.ModuleTests.Experiments;

internal sealed class OfrepTests
{
    private const string UnitId = "0197f3d0-0000-7000-8000-000000000001";

    private const string Unit = $$$"""{"context":{"targetingKey":"{{{UnitId}}}","plan":"any"}}""";

    private ModuleServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await ModuleServer.Start([new ExperimentsModule()], new Dictionary<string, string?>
    {
        ["experiments:flags:stopped:variants:on"] = "100",
        ["experiments:flags:stopped:enabled"] = "false",
    });

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task A_flag_is_evaluated_for_the_targeting_key()
    {
        var (status, body) = await Post("/home-row-order", Unit);
        Assert.Multiple(() =>
        {
            Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(body, Is.EqualTo("""{"key":"home-row-order","reason":"SPLIT","variant":"new-first","value":"new-first"}"""));
        });
    }

    [Test]
    public async Task A_disabled_flag_leaves_the_client_its_own_default() => Assert.That(
        await Post("/stopped", Unit), Is.EqualTo((HttpStatusCode.OK, """{"key":"stopped","reason":"DISABLED"}""")));

    [TestCase("/unknown", Unit, HttpStatusCode.NotFound, "FLAG_NOT_FOUND")]
    [TestCase("/home-row-order", "{}", HttpStatusCode.BadRequest, "TARGETING_KEY_MISSING")]
    [TestCase("/home-row-order", """{"context":{}}""", HttpStatusCode.BadRequest, "TARGETING_KEY_MISSING")]
    [TestCase("/home-row-order", """{"context":{"targetingKey":""}}""", HttpStatusCode.BadRequest, "TARGETING_KEY_MISSING")]
    [TestCase("/home-row-order", """{"context":{"targetingKey":5}}""", HttpStatusCode.BadRequest, "INVALID_CONTEXT")]
    [TestCase("/home-row-order", """{"context":[]}""", HttpStatusCode.BadRequest, "INVALID_CONTEXT")]
    [TestCase("/home-row-order", "{", HttpStatusCode.BadRequest, "PARSE_ERROR")]
    [TestCase("/home-row-order", "", HttpStatusCode.BadRequest, "PARSE_ERROR")]
    [TestCase("", "{}", HttpStatusCode.BadRequest, "TARGETING_KEY_MISSING")]
    [TestCase("", "[", HttpStatusCode.BadRequest, "PARSE_ERROR")]
    public async Task A_failure_has_the_codes_of_the_protocol(string path, string body, HttpStatusCode status, string code)
    {
        var (answered, text) = await Post(path, body);
        var failure = JsonDocument.Parse(text).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(answered, Is.EqualTo(status));
            Assert.That(failure.GetProperty("errorCode").GetString(), Is.EqualTo(code));
            Assert.That(failure.TryGetProperty("key", out var key) ? $"/{key.GetString()}" : "", Is.EqualTo(path));
        });
    }

    [Test]
    public async Task All_flags_are_evaluated_at_once_and_only_sent_again_when_they_have_changed()
    {
        var popularFirst = Enumerable.Range(0, 100).Select(i => $"unit-{i}")
            .First(unit => UnitHash.Bucket(UnitHash.Of(unit), UnitHash.Of("arm:home-row-order:1")) >= 50_000);
        using var first = await _server.Client.SendAsync(Bulk(Unit));
        using var again = await _server.Client.SendAsync(Bulk(Unit, first.Headers.ETag!.ToString()));
        using var oneOfMany = await _server.Client.SendAsync(Bulk(Unit, $"\"older\", W/{first.Headers.ETag}"));
        using var older = await _server.Client.SendAsync(Bulk(Unit, "\"older\""));
        using var another = await _server.Client.SendAsync(Bulk(Unit.Replace(UnitId, popularFirst, StringComparison.Ordinal), first.Headers.ETag!.ToString()));

        Assert.Multiple(async () =>
        {
            Assert.That(await first.Content.ReadAsStringAsync(), Is.EqualTo(
                """{"flags":[{"key":"home-row-order","reason":"SPLIT","variant":"new-first","value":"new-first"},{"key":"stopped","reason":"DISABLED"}]}"""));
            Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
            Assert.That(again.Headers.ETag, Is.EqualTo(first.Headers.ETag));
            Assert.That(await again.Content.ReadAsStringAsync(), Is.Empty);
            Assert.That(oneOfMany.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
            Assert.That(older.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(another.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        });
    }

    [Test]
    public async Task Operators_list_the_flags_and_others_do_not()
    {
        _server.Caller = new Caller(Guid.CreateVersion7(), ["publisher"], new Dictionary<string, string>());
        var publisher = await _server.Client.GetAsync("/api/experiments/flags");
        _server.Caller = new Caller(Guid.CreateVersion7(), ["operator"], new Dictionary<string, string>());
        var list = await _server.Client.GetStringAsync("/api/experiments/flags");

        Assert.Multiple(() =>
        {
            Assert.That(publisher.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(list, Is.EqualTo(
                """{"items":[{"key":"home-row-order","enabled":true,"seedVersion":1,"variants":[{"key":"new-first","weight":50},{"key":"popular-first","weight":50}]},"""
                + """{"key":"stopped","enabled":false,"seedVersion":1,"variants":[{"key":"on","weight":100}]}]}"""));
        });
    }

    private async Task<(HttpStatusCode Status, string Body)> Post(string path, string body)
    {
        using var answer = await _server.Client.PostAsync($"/ofrep/v1/evaluate/flags{path}", new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage Bulk(string body, string? known = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/ofrep/v1/evaluate/flags") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (known is not null) request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return request;
    }
}
