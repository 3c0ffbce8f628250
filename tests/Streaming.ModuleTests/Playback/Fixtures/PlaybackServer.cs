using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;
using Streaming.Platform.Storage;
using Streaming.Playback;

namespace Streaming.ModuleTests.Playback.Fixtures;

/// <summary>Playback with a database and an object store behind real HTTP on a loopback port.</summary>
internal sealed class PlaybackServer : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly WebApplication _app;

    private PlaybackServer(TestDatabase database)
    {
        _database = database;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["data:folder"] = database.Folder });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddRouting().AddHttpConventions().AddZoneCache().AddObjectStore().AddModules(builder.Configuration, new PlaybackModule());
        Others.Register(builder.Services);
        _app = builder.Build();
        _app.UseProblems();
        _app.UseRouting();
        _app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<CallContext>().Caller = Caller;
            return next(context);
        });
        _app.MapModules();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));

    public Others Others { get; } = new();

    /// <summary>On whose behalf every request is made.</summary>
    public Caller Caller { get; set; } = Caller.Anonymous;

    public HttpClient Client { get; } = new();

    public static async Task<PlaybackServer> Start()
    {
        var server = new PlaybackServer(await TestDatabase.Create(Engine.Sqlite));
        await server._app.Services.GetRequiredService<ModuleMigrations>().Apply(CancellationToken.None);
        await server._app.StartAsync();
        server.Client.BaseAddress = new Uri(server._app.Urls.Single());
        return server;
    }

    /// <summary>Opens a session over HTTP.</summary>
    public async Task<PlaybackSession> Open(Guid profile, double durationSeconds = 1000)
    {
        Caller = Viewers.WithProfile(profile);
        using var answer = await Client.PostAsync("/api/playback/sessions", JsonContent.Create(new { titleId = Others.AddFilm(durationSeconds) }));
        Assert.That((int)answer.StatusCode, Is.EqualTo(201), await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<PlaybackSession>())!;
    }

    /// <summary>Puts a file into the object store.</summary>
    public async Task Store(string key, byte[] content)
    {
        var file = Path.Combine(_database.Folder, $"{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(file, content);
        await _app.Services.GetRequiredService<IObjectStore>().Commit(key, file, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }
}
