using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Streaming.Host.Gateway.Forwarding;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>Who is served elsewhere, as the dial is turned and where an operator says so.</summary>
public sealed class CanaryTests
{
    private const string Titles = "/api/catalog/titles";
    private const int Strangers = 80;

    private StubInstance _stub = null!;
    private TestHost _host = null!;
    private HttpClient _client = null!;
    private string _folder = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _folder = StubKeys.NewDataFolder();
        _stub = await StubInstance.Start("canary");
        await Dial(25);
        _host = await TestHost.Start(_folder, ("gateway:trustedProxies", "127.0.0.1"));
        await _host.AllIn();
        _client = _host.Anonymous();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        await _stub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [SetUp]
    public async Task Quarter()
    {
        await Dial(25);
        await InForce(25);
    }

    [Test]
    public async Task A_quarter_is_served_elsewhere_nobody_flips_and_half_only_adds()
    {
        var quarter = await ServedElsewhere();
        Assert.That(quarter, Has.Count.InRange(8, 32), "the same addresses every time, so the same number too");
        Assert.That(await ServedElsewhere(), Is.EqualTo(quarter), "between calls");

        await Dial(50);
        await InForce(50);
        var half = await ServedElsewhere();
        Assert.That(half, Is.SupersetOf(quarter));
        Assert.That(half, Has.Count.InRange(25, 55));

        await Dial(100, "http://127.0.0.1:1/with/a/path");
        await Task.Delay(1300);
        Assert.That(await ServedElsewhere(), Is.EqualTo(half), "a wrong address is refused, and with it the whole change");

        await Dial(0);
        await InForce(0);
        Assert.That(await ServedElsewhere(), Is.Empty);
    }

    [Test]
    public async Task An_account_takes_its_place_along_wherever_it_comes_from()
    {
        await Dial(50);
        await InForce(50);
        using var signedIn = await _host.SignedIn();
        var places = new HashSet<string?>();
        for (var n = 0; n < 20; n++)
        {
            using var request = From(n);
            using var answer = await signedIn.SendAsync(request);
            places.Add(answer.ServedBy());
        }

        Assert.That(places, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_operators_token_moves_the_request_that_carries_it_and_no_other()
    {
        using var signedIn = await _host.SignedIn();
        var there = await Placement(signedIn, "there");
        var here = await Placement(signedIn, "here");
        var quarter = await ServedElsewhere();

        Assert.That(await ServedElsewhere(there), Has.Count.EqualTo(Strangers));
        Assert.That(await ServedElsewhere(here), Is.Empty);
        Assert.That(await ServedElsewhere(), Is.EqualTo(quarter));
        Assert.That(_stub.Seen.Any(s => s.Headers.ContainsKey("Streaming-Placement")), Is.False, "it goes no further");

        var elsewhere = (await (await signedIn.PostAsJsonAsync("/api/operations/placements", new { module = "users", placement = "there" })).Json()).GetProperty("token").GetString()!;
        Assert.That(await ServedElsewhere(elsewhere), Is.EqualTo(quarter), "it is for another module");

        await Dial(0);
        await InForce(0);
        Assert.That(await ServedElsewhere(there), Has.Count.EqualTo(Strangers), "also while nobody else is served there");
    }

    [Test]
    public async Task A_forged_or_tired_token_is_refused_and_moves_nothing()
    {
        using var signedIn = await _host.SignedIn();
        var good = await Placement(signedIn, "there");
        var before = _stub.Seen.Count;
        foreach (var forged in new[] { "there", "", "catalog|there|9999999999", good[..^2] + (good[^2] == 'A' ? "BA" : "AA"), new string('x', 5000), Sealed("another purpose"), Sealed("streaming.placement", foreignKeys: true) })
        {
            using var request = From(1);
            request.Headers.TryAddWithoutValidation("Streaming-Placement", forged);
            using var answer = await _client.SendAsync(request);
            await answer.Problem(HttpStatusCode.BadRequest);
        }

        Assert.That(_stub.Seen, Has.Count.EqualTo(before));

        string Sealed(string purpose, bool foreignKeys = false) =>
            (foreignKeys ? new EphemeralDataProtectionProvider() : _host.Services.GetRequiredService<IDataProtectionProvider>())
            .CreateProtector(purpose).Protect("catalog|there|9999999999");
    }

    [Test]
    public void A_token_ends_when_it_was_said_to()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));
        var tokens = new PlacementTokens(new EphemeralDataProtectionProvider(), clock);
        var placement = new Placement("catalog", true, clock.GetUtcNow().AddMinutes(10));
        var token = tokens.Seal(placement);
        Assert.That(tokens.Open(token), Is.EqualTo(placement));
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.That(tokens.Open(token), Is.Null);
    }

    [Test]
    public async Task Only_operators_make_tokens_and_only_right_ones()
    {
        await (await _client.PostAsJsonAsync("/api/operations/placements", new { module = "catalog", placement = "there" })).Problem(HttpStatusCode.Unauthorized);
        await (await _client.GetAsync("/ops/forwarding")).Problem(HttpStatusCode.Unauthorized);
        using var signedIn = await _host.SignedIn();
        var problem = await (await signedIn.PostAsJsonAsync("/api/operations/placements", new { module = "films", placement = "away", minutes = 61 })).Problem(HttpStatusCode.UnprocessableEntity);
        Assert.That(problem.GetProperty("errors").EnumerateObject().Select(e => e.Name), Is.EquivalentTo(new[] { "module", "placement", "minutes" }));
    }

    private static async Task<string> Placement(HttpClient signedIn, string placement) =>
        (await (await signedIn.PostAsJsonAsync("/api/operations/placements", new { module = "catalog", placement, minutes = 5 })).Json()).GetProperty("token").GetString()!;

    private static HttpRequestMessage From(int stranger) => new(HttpMethod.Get, Titles) { Headers = { { "X-Forwarded-For", $"203.0.{stranger / 250}.{stranger % 250}" } } };

    private async Task<List<int>> ServedElsewhere(string? placement = null)
    {
        var elsewhere = new List<int>();
        for (var stranger = 0; stranger < Strangers; stranger++)
        {
            using var request = From(stranger);
            if (placement is not null) request.Headers.Add("Streaming-Placement", placement);
            using var answer = await _client.SendAsync(request);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            if (answer.ServedBy() is not null) elsewhere.Add(stranger);
        }

        return elsewhere;
    }

    private async Task Dial(int percent, string? address = null)
    {
        var path = Path.Combine(_folder, "streaming.json");
        await File.WriteAllTextAsync(path + ".tmp", $$"""
            { "gateway": { "forwarding": { "catalog": { "percent": {{percent}}, "instances": [ { "name": "canary", "address": "{{address ?? _stub.Url.ToString()}}" } ] } } } }
            """);
        File.Move(path + ".tmp", path, overwrite: true);
    }

    private async Task InForce(int percent)
    {
        var pools = _host.Services.GetRequiredService<ForwardingPools>();
        for (var i = 0; i < 200 && pools.All.Single().Settings.Share.Percent != percent; i++) await Task.Delay(25);
        Assert.That(pools.All.Single().Settings.Share.Percent, Is.EqualTo(percent));
    }
}
