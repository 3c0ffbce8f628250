using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streaming.Catalog;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Storage;

namespace Streaming.ModuleTests.Catalog.Titles;

/// <summary>The catalogue behind real HTTP, on SQLite in a folder of its own.</summary>
internal sealed class TitlesServer(ModuleServer server, TestDatabase database) : IAsyncDisposable
{
    public ModuleServer Server { get; } = server;

    public HttpClient Client => Server.Client;

    public string Folder => database.Folder;

    public static async Task<TitlesServer> Start()
    {
        var database = await TestDatabase.Create(Engine.Sqlite);
        var settings = new Dictionary<string, string?> { ["data:folder"] = database.Folder };
        var server = await ModuleServer.Start([new CatalogModule()], settings, services => services
            .AddObjectStore().AddDataProtection().Services.AddHostedService<MigrateFirst>());
        return new TitlesServer(server, database);
    }

    public async Task MakePlayable(Guid id)
    {
        await using var scope = Server.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        var asset = new Asset { Id = Guid.CreateVersion7(), Sha256 = $"{Guid.NewGuid():N}", Revision = 1, DurationSeconds = 60, CreatedAt = default };
        db.AddRange(asset, new Rendition
        {
            Id = Guid.CreateVersion7(), AssetId = asset.Id, Revision = 1, Name = "v240", Kind = Rendition.Video, Codec = "x", Timescale = 1, Order = 0, Complete = true,
        });
        (await db.TitleForWriting(id, CancellationToken.None))!.AttachAsset(asset.Id);
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>Before anything else that starts with the host looks at its tables.</summary>
    private sealed class MigrateFirst(ModuleMigrations migrations) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => migrations.Ensure(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
