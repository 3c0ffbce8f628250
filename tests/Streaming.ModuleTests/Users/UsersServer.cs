using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;
using Streaming.Users;

namespace Streaming.ModuleTests.Users;

/// <summary>The module behind real HTTP on a loopback port, in the order that the host has, with a clock of the test's own.</summary>
internal sealed class UsersServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestDatabase _database;
    private readonly bool _ownsDatabase;

    private UsersServer(WebApplication app, TestDatabase database, bool ownsDatabase, FakeTimeProvider clock) =>
        (_app, _database, _ownsDatabase, Clock) = (app, database, ownsDatabase, clock);

    public FakeTimeProvider Clock { get; }

    public string Folder => _database.Folder;

    public IServiceProvider Services => _app.Services;

    public Uri Url => new(_app.Urls.Single());

    public static async Task<UsersServer> Start() => await On(await TestDatabase.Create(Engine.Sqlite), ownsDatabase: true);

    /// <param name="database">May be shared by several servers, if it is PostgreSQL.</param>
    /// <param name="ownsDatabase">Whether the database goes with the server.</param>
    /// <param name="settings">Over those of every server.</param>
    public static async Task<UsersServer> On(TestDatabase database, bool ownsDatabase, params (string Key, string Value)[] settings)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddSimpleConsole();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["data:folder"] = database.Folder, ["data:postgres"] = database.Postgres });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Services.AddRouting().AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        builder.Services.AddHttpConventions().AddZoneCache().AddModules(builder.Configuration, new UsersModule());
        builder.Services.PostConfigure<PasswordHasherOptions>(hashing => hashing.IterationCount = 1);

        var app = builder.Build();
        app.UseProblems();
        app.UseRouting();
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/test/playing")) context.Features.Set(KnownFromBefore.Allowed);
            return next(context);
        });
        app.UseAuthentication();
        app.UseCaller();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapModules();
        foreach (var path in new[] { "/test/caller", "/test/playing/caller" })
            app.MapGet(path, (CallContext context) => new { context.Caller.ProfileId, context.Caller.MaturityLimit, context.Caller.Roles, Key = context.Caller.Attributes.GetValueOrDefault("key") });
        app.MapGet("/test/page", () => "secret").RequireAuthorization();
        app.MapGet("/api/test/operators", () => "secret").RequireAuthorization(policy => policy.RequireRole(Roles.Operator));
        app.MapGet("/test/antiforgery", (HttpContext http, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(http).RequestToken);
        await app.Services.GetRequiredService<ModuleMigrations>().Apply(CancellationToken.None);
        await app.StartAsync();
        return new UsersServer(app, database, ownsDatabase, clock);
    }

    public UsersBrowser Browser() => new(new Uri(_app.Urls.Single()));

    public async Task<string> SetupCode() => (await File.ReadAllTextAsync(Path.Combine(Folder, "setup-code.txt"))).Trim();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsDatabase) await _database.DisposeAsync();
    }
}

/// <summary>A client that keeps cookies by the server's clock, that is for ever, and does not follow redirects.</summary>
internal sealed class UsersBrowser(Uri server) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server };

    public Dictionary<string, string> Cookies { get; } = [];

    public string? Token { get; set; }

    public string? Profile { get; set; }

    public Task<HttpResponseMessage> Get(string path) => Send(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<HttpResponseMessage> Post(string path, object? body = null) =>
        Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) });

    public async Task<HttpResponseMessage> Submit(string path, params (string Name, string Value)[] fields)
    {
        var token = await (await Get("/test/antiforgery")).Content.ReadAsStringAsync();
        return await Send(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Append((Name: "__RequestVerificationToken", Value: token)).Select(f => KeyValuePair.Create(f.Name, f.Value))),
        });
    }

    public async Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        if (Cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        if (Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (Profile is not null) request.Headers.Add("Streaming-Profile", Profile);
        var response = await _http.SendAsync(request);
        foreach (var set in response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [])
        {
            var (name, value) = (set[..set.IndexOf('=')], set[(set.IndexOf('=') + 1)..set.IndexOf(';')]);
            if (value.Length == 0) Cookies.Remove(name);
            else Cookies[name] = value;
        }

        return response;
    }

    public async Task<JsonNode> Json(string path)
    {
        var response = await Get(path);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public void Dispose() => _http.Dispose();
}
