using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Host.Gateway;
using Streaming.HostTests.Fixtures;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Decisions;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Instances;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Wire;
using Streaming.Playback;
using Streaming.Recommendations;
using Streaming.Users;

namespace Streaming.HostTests.Extraction;

/// <summary>Calls between a host and an instance of the same data, both in the test's own process.</summary>
[NonParallelizable]
public sealed partial class WireTests
{
    private const string Modules = "catalog,playback,recommendations,experiments,edges";

    private TestHost _host = null!;
    private TestHost _instance = null!;
    private HttpClient _operator = null!;
    private Guid _film;

    [OneTimeSetUp]
    public async Task StartBoth()
    {
        _host = await TestHost.Start(
            null, [.. new[] { "address", "user" }.SelectMany(n => new[] { ($"gateway:limits:{n}:perSecond", "100000"), ($"gateway:limits:{n}:burst", "100000") })]);
        _operator = await _host.SignedIn();
        _film = await _operator.Release(await Clip.Make(_host.Folder, "A Walk.mp4", 4.2, "320x180", "24"));
        _instance = await TestHost.Start(_host.Folder, ("instance:name", "one"), ("instance:modules", Modules), ("instance:host", _host.Url.ToString()));
        var neighbours = _host.Services.GetRequiredService<Neighbours>();
        await Installation.Until(
            () => Task.FromResult(neighbours.InstancesOf("catalog") is { } pool && pool.Instances.All(i => i.State == InstanceState.In)
                && _instance.Services.GetRequiredService<InstanceSet>().All.Any(i => i.State == InstanceState.In)),
            "the two do not know each other");
    }

    [OneTimeTearDown]
    public async Task StopBoth()
    {
        _operator?.Dispose();
        if (_instance is not null) await _instance.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
    }

    [TearDown]
    public async Task ComeHome()
    {
        _host.Services.GetRequiredService<CallFaults>().Current = null;
        _instance.Services.GetRequiredService<CallFaults>().Current = null;
        using var home = await _operator.PostAsJsonAsync("/api/operations/dial/home", new { });
        Assert.That(home.StatusCode, Is.EqualTo(HttpStatusCode.OK), await home.Content.ReadAsStringAsync());
    }

    [Test]
    public async Task Answers_at_the_edge_are_the_same_to_the_byte_wherever_modules_run()
    {
        string[] paths =
        [
            "/api/catalog/titles?limit=5", $"/api/catalog/titles/{_film}", $"/api/catalog/titles/{_film}/versions", "/api/catalog/genres", "/api/recommendations/home",
            $"/api/catalog/titles/{Guid.Empty}", "/api/catalog/titles?limit=1000", "/api/users/profiles", "/api/playback/continue-watching", $"/titles/{_film}",
        ];
        var here = await Read("in-process");
        var twice = await Read("round-trip");
        var there = await Read("remote");
        Assert.Multiple(() =>
        {
            Assert.That(here, Has.Some.Matches<string>(a => a.StartsWith("200", StringComparison.Ordinal)).And.Some.Matches<string>(a => a.StartsWith("404", StringComparison.Ordinal)));
            Assert.That(twice, Is.EqualTo(here));
            Assert.That(there, Is.EqualTo(here));
        });

        async Task<List<string>> Read(string mode)
        {
            foreach (var module in Modules.Split(',')) await Turn(module, mode);
            var answers = new List<string>();
            foreach (var path in paths)
            {
                using var answer = await _operator.GetAsync(path);
                var body = await answer.Content.ReadAsStringAsync();
                // Of a problem the trace is another each time, and of a page the antiforgery token.
                if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json") body = string.Join(',', JsonSerializer.Deserialize<JsonElement>(body).EnumerateObject().Where(p => p.Name is not ("traceId" or "requestId")));
                body = Token().Replace(body, "");
                answers.Add($"{(int)answer.StatusCode} {path} {answer.Content.Headers.ContentType} {answer.Headers.ETag} {body}");
            }

            return answers;
        }
    }

    [Test]
    public async Task A_contract_answers_there_as_it_does_here_also_where_the_answer_is_an_error()
    {
        var here = new[] { await Ask(new GetTitle(_film)), await Ask(new GetTitle(Guid.CreateVersion7())) };
        await Turn("catalog", "remote");
        var faults = Faults.None(_instance);
        var there = new[] { await Ask(new GetTitle(_film)), await Ask(new GetTitle(Guid.CreateVersion7())) };
        Assert.Multiple(() =>
        {
            Assert.That(faults.Attempts("catalog.title"), Is.EqualTo(2), "they were asked there");
            Assert.That(Text(there[0]), Is.EqualTo(Text(here[0])));
            Assert.That(there[1].Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        });
    }

    [Test]
    public async Task An_order_whose_answer_is_lost_after_it_was_carried_out_has_one_effect()
    {
        await Turn("playback", "remote");
        var (there, here) = (Faults.None(_instance), Faults.None(_host));
        _instance.Services.GetRequiredService<CallFaults>().Current = new Faults((_, _) => default, contract => contract == "playback.start" ? throw new IOException("The answer was lost.") : default);
        var id = Guid.CreateVersion7();
        var before = await Sessions();
        var first = await Ask(new StartPlayback(id, _film));
        _instance.Services.GetRequiredService<CallFaults>().Current = null;
        var again = await Ask(new StartPlayback(id, _film));

        Assert.That(first.TryGet(out var session, out var error), error?.Message);
        Assert.That(again.TryGet(out var same, out error), error?.Message);
        Assert.Multiple(() =>
        {
            Assert.That(here.Attempts("playback.start"), Is.EqualTo(1), "this process has looked after it");
            Assert.That(same!.Id, Is.EqualTo(session!.Id));
        });
        Assert.That(await Sessions() - before, Is.EqualTo(1));
        Assert.That(there.Attempts("playback.start"), Is.Zero, "another fault has taken its place");
    }

    [Test]
    public async Task What_one_process_has_changed_the_other_does_not_show_as_it_was()
    {
        // Both know the title, each in its own memory.
        await Turn("catalog", "in-process");
        await Ask(new GetTitle(_film));
        await Turn("catalog", "remote");
        await Ask(new GetTitle(_film));
        for (var i = 0; i < 10; i++)
        {
            // By whichever of the two, and read by the other.
            var name = $"A Walk {i}";
            await Turn("catalog", i % 2 == 0 ? "remote" : "in-process");
            var before = await (await _operator.GetAsync($"/api/catalog/titles/{_film}")).Json();
            using var change = new HttpRequestMessage(HttpMethod.Put, $"/api/catalog/titles/{_film}") { Content = JsonContent.Create(new { name }) };
            change.Headers.TryAddWithoutValidation("If-Match", $"\"{before.GetProperty("version").GetInt32()}\"");
            using var changed = await _operator.SendAsync(change);
            Assert.That(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync());
            await Turn("catalog", i % 2 == 0 ? "in-process" : "remote");
            Assert.That((await Ask(new GetTitle(_film))).TryGet(out var title, out _) ? title!.Card.Name : null, Is.EqualTo(name));
        }
    }

    [Test]
    public async Task An_instance_that_is_slower_is_given_up_by_all_alone()
    {
        // Cold as it may be, how long it takes says nothing.
        await Turn("catalog", "remote");
        for (var i = 0; i < 120; i++) await Ask(new GetTitles([_film]));
        await Turn("catalog", "canary", 50);
        Faults.Slow(_instance, "catalog.titles", TimeSpan.FromMilliseconds(200));
        var board = _host.Services.GetRequiredService<DialBoard>();
        for (var i = 0; i < 300 && board.Of("catalog").Mode == DialMode.Canary; i++)
            await Ask(new GetTitles([_film]), new Caller(Guid.CreateVersion7(), [], new Dictionary<string, string>()));
        Assert.That(board.Of("catalog").Mode, Is.EqualTo(DialMode.InProcess));
        await Installation.Until(async () => (await Decisions("catalog"))[0].GetProperty("isTurnBack").GetBoolean(), "it was not made known");
        Assert.That((await Decisions("catalog"))[0].GetProperty("reason").GetString(), Does.StartWith("more is slow there"));
        using var soon = await _operator.PutAsJsonAsync("/api/operations/dial/catalog", new { mode = "canary", percent = 1 });
        Assert.That((await soon.Problem(HttpStatusCode.Conflict)).GetProperty("type").GetString(), Does.EndWith("cooling-down"));
        using var forced = await _operator.PutAsJsonAsync("/api/operations/dial/catalog", new { mode = "canary", percent = 1, force = true });
        Assert.That(forced.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task An_instance_that_fails_is_felt_by_nobody()
    {
        await Turn("recommendations", "remote");
        Faults.Fail(_instance, "recommendations.home");
        for (var i = 0; i < 20; i++) Assert.That((await Ask(new GetHomeRows())).IsError, Is.False);
        Assert.That(_host.Services.GetRequiredService<DialBoard>().Of("recommendations").Mode, Is.EqualTo(DialMode.InProcess));
    }

    [Test]
    public async Task Who_is_in_a_canary_stays_in_it_when_it_grows()
    {
        var people = Enumerable.Range(0, 400).Select(_ => Guid.CreateVersion7()).ToArray();
        var inside = new HashSet<Guid>();
        foreach (var percent in new[] { 5m, 25m, 50m, 100m })
        {
            await Turn("catalog", "canary", percent);
            var now = new HashSet<Guid>();
            foreach (var person in people)
            {
                var faults = Faults.None(_instance);
                await Ask(new GetTitles([_film]), new Caller(person, [], new Dictionary<string, string>()));
                if (faults.Attempts("catalog.titles") > 0) now.Add(person);
            }

            Assert.That(inside.Except(now), Is.Empty, $"at {percent} %");
            Assert.That(now, Has.Count.EqualTo(percent * people.Length / 100).Within(30));
            inside = now;
        }
    }

    [Test]
    public async Task Of_a_module_that_is_detached_nothing_is_carried_out_here()
    {
        await Turn("catalog", "detached");
        var (there, here) = (Faults.Fail(_instance, "catalog.title"), Faults.None(_host));
        var answer = await Ask(new GetTitle(_film));
        Assert.That(answer.IsError || here.Attempts("catalog.title") == 0, "the last good answer may stand in, and nothing else");
        Assert.That((there.Attempts("catalog.title") > 0, here.Attempts("catalog.title")), Is.EqualTo((true, 0)));
        Assert.That(_host.Services.GetRequiredService<DialBoard>().Of("catalog").Mode, Is.EqualTo(DialMode.Detached), "what is meant is not taken back");
    }

    [Test]
    public async Task Whoever_has_not_the_keys_of_the_installation_reaches_no_contract()
    {
        var address = _instance.Services.GetRequiredService<WireListener>().Address!;
        var contexts = _instance.Services.GetRequiredService<WireContext>();
        var somebody = new CallContext { Caller = new Caller(Guid.CreateVersion7(), ["operator"], new Dictionary<string, string>()) };
        var foreign = new WireContext(new EphemeralDataProtectionProvider(), TimeProvider.System);
        var late = new WireContext(_instance.Services.GetRequiredService<IDataProtectionProvider>(), new Earlier(TimeSpan.FromMinutes(2)));
        foreach (var (text, status) in new[]
        {
            ("", HttpStatusCode.Unauthorized), ("garbage", HttpStatusCode.Unauthorized), (foreign.Seal("catalog", somebody), HttpStatusCode.Unauthorized),
            (contexts.Seal("users", somebody), HttpStatusCode.Unauthorized), (late.Seal("catalog", somebody), HttpStatusCode.Unauthorized),
            (contexts.Seal("catalog", somebody), HttpStatusCode.OK),
        })
        {
            using var answer = await Call(address, "/_m/catalog/catalog.titles/1", text, """{"ids":[]}""");
            Assert.That((answer.StatusCode, answer.Headers.Contains("streaming-not-executed")), Is.EqualTo((status, status != HttpStatusCode.OK)), text);
        }

        foreach (var (path, body, status) in new[]
        {
            ("/_m/catalog/catalog.titles/2", "{}", HttpStatusCode.NotFound), ("/api/catalog/titles", "{}", HttpStatusCode.NotFound), ("/", "{}", HttpStatusCode.NotFound),
            ("/_m/catalog/catalog.titles/1", "not json", HttpStatusCode.BadRequest), ("/_m/catalog/catalog.titles/1", "null", HttpStatusCode.BadRequest),
        })
        {
            using var answer = await Call(address, path, contexts.Seal("catalog", somebody), body);
            Assert.That(answer.StatusCode, Is.EqualTo(status), path);
        }

        using var old = new HttpClient();
        using var first = await old.GetAsync(new Uri(address, "/_m/manifest"));
        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), "HTTP/1.1 is not spoken there");
        using var edge = _host.Anonymous();
        using var outside = await edge.PostAsync("/_m/catalog/catalog.titles/1", new StringContent("{}"));
        Assert.That(outside.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "the public address knows nothing of it");
    }

    [Test]
    public async Task A_contract_that_has_changed_stays_here_and_is_named_and_the_others_move()
    {
        // As an instance of another build would say of itself: it alone serves the users.
        var manifest = _host.Services.GetRequiredService<WireManifest>().Contracts.ToDictionary();
        manifest["users.account"] = manifest["users.account"] with { Version = 2 };
        using var ends = new CancellationTokenSource();
        var old = Task.Run(() => Live(JsonSerializer.Serialize(manifest, ContractJson.Options), ends.Token));
        try
        {
            var neighbours = _host.Services.GetRequiredService<Neighbours>();
            await Installation.Until(() => Task.FromResult(neighbours.InstancesOf("users") is { } pool && pool.Instances.All(i => i.State == InstanceState.In)), "it is not known");
            await Turn("users", "remote");
            var (there, here) = (Faults.None(_instance), Faults.None(_host));
            for (var i = 0; i < 10; i++) await Ask(new GetAccount());
            Assert.That((await Ask(new GetSetupState())).IsError, Is.False);
            Assert.Multiple(() =>
            {
                Assert.That((there.Attempts("users.account"), here.Attempts("users.account")), Is.EqualTo((0, 10)));
                Assert.That((there.Attempts("users.set-up-state"), here.Attempts("users.set-up-state")), Is.EqualTo((1, 0)));
            });
            var dial = await (await _operator.GetAsync("/api/operations/dial")).Json();
            var unfit = dial.GetProperty("processes").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "old").GetProperty("unfit");
            Assert.That(unfit.GetProperty("users.account")[0].GetString(), Is.EqualTo("version 1 is asked for and version 2 is there"));
            Assert.That(_host.Services.GetRequiredService<DialBoard>().Of("users").Mode, Is.EqualTo(DialMode.Remote), "what cannot be asked is no failure");
        }
        finally
        {
            await ends.CancelAsync();
            await old;
        }
    }

    private async Task Live(string manifest, CancellationToken ct)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DialDbContext>();
        db.Processes.Add(new ProcessRow
        {
            Name = "old",
            Id = "0ld",
            IsInstance = true,
            Modules = "users",
            Address = _instance.Url.ToString(),
            Wire = _instance.Services.GetRequiredService<WireListener>().Address!.ToString(),
            Version = "0.9.0",
            Manifest = manifest,
        });
        await db.SaveChangesAsync(CancellationToken.None);
        while (!ct.IsCancellationRequested)
        {
            await db.Processes.Where(p => p.Name == "old").ExecuteUpdateAsync(set => set.SetProperty(p => p.Beat, p => p.Beat + 1), CancellationToken.None);
            await Task.Delay(500, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await db.Processes.Where(p => p.Name == "old").ExecuteDeleteAsync(CancellationToken.None);
    }

    [Test]
    public async Task Copies_of_calls_are_compared_and_orders_among_them_are_not_carried_out_twice()
    {
        await Turn("catalog", "shadow");
        await Turn("playback", "shadow");
        var shadow = _host.Services.GetRequiredService<ShadowCalls>();
        var before = await Sessions();
        for (var i = 0; i < 20; i++)
        {
            Assert.That((await Ask(new GetTitle(_film))).IsError, Is.False);
            await Ask(new GetTitle(Guid.CreateVersion7()));
        }

        Assert.That((await Ask(new StartPlayback(Guid.CreateVersion7(), _film))).IsError, Is.False);
        await Installation.Until(() => Task.FromResult(shadow.Report("catalog") is { Compared: >= 40 } && shadow.Report("playback") is { Compared: 1 }), "copies were not answered");
        var (catalog, playback) = (shadow.Report("catalog")!, shadow.Report("playback")!);
        Assert.Multiple(() =>
        {
            Assert.That((catalog.Mismatched, catalog.Failed, catalog.Dropped), Is.EqualTo((0, 0, 0)), string.Join(", ", catalog.Mismatches.SelectMany(m => m.Differences)));
            Assert.That(catalog.P50ThereMs, Is.GreaterThan(0));
            Assert.That((playback.Same, playback.Mismatched), Is.EqualTo((1, 0)));
        });
        Assert.That(await Sessions() - before, Is.EqualTo(1));
    }

    [Test]
    public async Task Copies_that_are_never_answered_hold_nobody_and_do_not_pile_up()
    {
        await Turn("catalog", "shadow");
        Faults.Slow(_instance, "catalog.titles", TimeSpan.FromMinutes(1));
        var shadow = _host.Services.GetRequiredService<ShadowCalls>();
        for (var i = 0; i < 400; i++)
        {
            Assert.That((await Ask(new GetTitles([_film]))).IsError, Is.False);
            Assert.That(shadow.Waiting, Is.LessThanOrEqualTo(256));
        }

        Assert.That(shadow.Report("catalog")!.Dropped, Is.GreaterThan(0));
        Assert.That(_host.Services.GetRequiredService<DialBoard>().Of("catalog").Mode, Is.EqualTo(DialMode.Shadow));
        await Turn("catalog", "in-process");
        _instance.Services.GetRequiredService<CallFaults>().Current = null;
        await Installation.Until(() => Task.FromResult(shadow.Waiting == 0), "copies pile up", 60);
    }

    [Test]
    public async Task Of_two_who_turn_a_dial_at_once_one_is_refused()
    {
        await Turn("catalog", "canary", 1);
        var epoch = _host.Services.GetRequiredService<DialBoard>().Of("catalog").Epoch;
        var answers = await Task.WhenAll(Enumerable.Range(2, 4).Select(percent => _operator.PutAsJsonAsync("/api/operations/dial/catalog", new { mode = "canary", percent, replaces = epoch, force = true })));
        Assert.That(answers.Select(a => a.StatusCode), Has.Exactly(1).EqualTo(HttpStatusCode.OK).And.Exactly(3).EqualTo(HttpStatusCode.Conflict));
        foreach (var answer in answers) answer.Dispose();
    }

    [System.Text.RegularExpressions.GeneratedRegex("""name="__RequestVerificationToken"[^>]*>|nonce="[^"]*"|'nonce-[^']*'""")]
    private static partial System.Text.RegularExpressions.Regex Token();

    private static string Text<T>(Result<T> result) => JsonSerializer.Serialize(result, ContractJson.Options);

    private static async Task<HttpResponseMessage> Call(Uri address, string path, string context, string body)
    {
        using var http = new HttpClient();
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        if (context.Length > 0) message.Headers.TryAddWithoutValidation("streaming-internal-context", context);
        message.Headers.TryAddWithoutValidation("streaming-deadline-ms", "1000");
        return await http.SendAsync(message);
    }

    private async Task<Result<T>> Ask<T>(IRequest<Result<T>> request, Caller? caller = null)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = caller ?? new Caller(
            new Guid("01990000-0000-7000-8000-000000000001"), ["operator", "publisher"], new Dictionary<string, string> { ["maturity"] = "18", ["profile"] = Guid.Empty.ToString() });
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    private async Task Turn(string module, string mode, decimal percent = 0)
    {
        using var answer = await _operator.PutAsJsonAsync($"/api/operations/dial/{module}", new { mode, percent, force = true });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
    }

    private async Task<IReadOnlyList<JsonElement>> Decisions(string module) =>
        [.. (await (await _operator.GetAsync($"/api/operations/dial/decisions?module={module}")).Json()).GetProperty("items").EnumerateArray()];

    private async Task<long> Sessions()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_host.Folder, "playback.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM session";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private sealed class Earlier(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
