using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Streaming.Kernel;
using Streaming.ModuleTests.Playback.Fixtures;

namespace Streaming.ModuleTests.Playback.Sessions;

/// <summary>The routes, as a player and a stranger use them.</summary>
internal sealed class PlaybackApiTests
{
    private readonly Guid _profile = Guid.CreateVersion7();
    private PlaybackServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await PlaybackServer.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [SetUp]
    public void SignIn() => _server.Caller = Viewers.WithProfile(_profile);

    [Test]
    public async Task A_player_opens_a_session_reports_and_finds_it_again()
    {
        var session = await _server.Open(_profile);
        using var reported = await Report(session.Id, """[{"sequence":1,"kind":"playing","at":"2026-01-05T12:00:00.000Z","positionSeconds":0,"startupSeconds":0.4},{"sequence":2,"kind":"progress","at":"2026-01-05T12:00:20.000Z","positionSeconds":20,"later":true}]""");
        var shown = await _server.Client.GetFromJsonAsync<JsonElement>($"/api/playback/sessions/{session.Id}");
        var begun = await _server.Client.GetFromJsonAsync<JsonElement>("/api/playback/continue-watching?limit=1");

        Assert.Multiple(async () =>
        {
            Assert.That(await reported.Content.ReadAsStringAsync(), Is.EqualTo("""{"accepted":2,"duplicates":0,"positionSeconds":20}"""));
            Assert.That(shown.GetProperty("watchedSeconds").GetDouble(), Is.EqualTo(20));
            Assert.That(shown.GetProperty("quality").GetProperty("startupSeconds").GetDouble(), Is.EqualTo(0.4));
            Assert.That(begun.GetProperty("items")[0].GetProperty("titleId").GetGuid(), Is.EqualTo(session.TitleId));
        });
    }

    [Test]
    public async Task A_session_is_created_at_a_place_of_its_own_and_once_for_one_key()
    {
        var (title, key) = (_server.Others.AddFilm(), Guid.CreateVersion7());
        using var first = await Open(new { titleId = title, profileId = _profile }, $"{key}");
        using var again = await Open(new { titleId = title, profileId = _profile }, $"{key}");

        Assert.That((first.StatusCode, again.StatusCode), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Created)));
        Assert.That(first.Headers.Location!.ToString(), Does.StartWith("/api/playback/sessions/").And.EqualTo(again.Headers.Location!.ToString()));
    }

    [Test]
    public async Task Nobody_opens_a_session_for_another_profile_or_for_none()
    {
        var title = _server.Others.AddFilm();
        using var other = await Open(new { titleId = title, profileId = Guid.CreateVersion7() });
        _server.Caller = Viewers.WithoutProfile;
        using var none = await Open(new { titleId = title });
        using var unchosen = await Open(new { titleId = title, profileId = _profile });
        _server.Caller = Caller.Anonymous;
        using var anonymous = await Open(new { titleId = title });

        Assert.That(
            new[] { await Code(other), await Code(none), await Code(unchosen), await Code(anonymous) },
            Is.EqualTo(new[]
            {
                "403 urn:streaming:playback:other-profile", "409 urn:streaming:playback:profile-required",
                "409 urn:streaming:playback:profile-required", "401 urn:streaming:error:sign-in-required",
            }));
    }

    [TestCase("""{"titleId":"x"}""", 400)]
    [TestCase("""{"titleId":5}""", 400)]
    [TestCase("[", 400)]
    [TestCase("""{"titleId":"0197f3d0-0000-7000-8000-00000000dead"}""", 404)]
    public async Task A_wrong_request_is_answered_as_one(string body, int status)
    {
        using var answer = await _server.Client.PostAsync("/api/playback/sessions", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
    }

    [TestCase("""{"sequence":1}""", 400)]
    [TestCase("""[{"kind":"playing","at":"2026-01-05T12:00:00Z"}]""", 400)]
    [TestCase("""[{"sequence":"1","kind":"playing","at":"2026-01-05T12:00:00Z"}]""", 400)]
    [TestCase("""[{"sequence":1,"kind":"playing","at":"yesterday"}]""", 400)]
    [TestCase("[null]", 422)]
    [TestCase("""[{"sequence":1,"kind":null,"at":"2026-01-05T12:00:00Z"}]""", 422)]
    [TestCase("""[{"sequence":1,"kind":"playing","at":"2026-01-05T12:00:00Z","bandwidth":-1}]""", 422)]
    [TestCase("[]", 200)]
    public async Task A_wrong_batch_is_answered_as_one(string body, int status)
    {
        var session = await _server.Open(_profile);
        using var answer = await Report(session.Id, body);
        Assert.That((int)answer.StatusCode, Is.EqualTo(status), await answer.Content.ReadAsStringAsync());
    }

    [Test]
    public async Task A_batch_of_another_session_or_beyond_all_size_is_refused()
    {
        var session = await _server.Open(_profile);
        using var big = await Report(session.Id, $"[{new string(' ', 300_000)}]");
        _server.Caller = Viewers.WithProfile(Guid.CreateVersion7());
        using var other = await Report(session.Id, "[]");

        Assert.That(((int)big.StatusCode, (int)other.StatusCode), Is.EqualTo((413, 404)));
    }

    private Task<HttpResponseMessage> Report(Guid session, string body) =>
        _server.Client.PostAsync($"/api/playback/sessions/{session}/events", new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<HttpResponseMessage> Open(object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/playback/sessions") { Content = JsonContent.Create(body) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await _server.Client.SendAsync(request);
    }

    private static async Task<string> Code(HttpResponseMessage answer) =>
        $"{(int)answer.StatusCode} {(await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString()}";
}
