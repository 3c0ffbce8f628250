using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Jobs;
using Streaming.Platform.Modules;
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
            .AddObjectStore().AddJobs(new ConfigurationManager(), ProcessRole.Host));
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
            Id = Guid.CreateVersion7(),
            AssetId = asset.Id,
            Revision = 1,
            Name = "v240",
            Kind = Rendition.Video,
            Codec = "x",
            Timescale = 1,
            Order = 0,
            Complete = true,
        });
        (await db.TitleForWriting(id, CancellationToken.None))!.AttachAsset(asset.Id);
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await database.DisposeAsync();
    }
}
