using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;
using Streaming.Users;

namespace Streaming.ModuleTests.Catalog.Titles;

/// <summary>A catalogue of its own, and the words in which these tests speak of it.</summary>
internal sealed class TitlesHost(ModuleHost host, SqlCounter sql) : IAsyncDisposable
{
    public static readonly Caller Publisher = new(Guid.CreateVersion7(), [Roles.Viewer, Roles.Publisher], new Dictionary<string, string>());

    public ModuleHost Host { get; } = host;

    public SqlCounter Sql { get; } = sql;

    public static async Task<TitlesHost> Start(Engine engine, DialMode dial) => await On(await TestDatabase.Create(engine), ownsDatabase: true, dial);

    /// <summary>One of several hosts on a database, if that is PostgreSQL.</summary>
    public static async Task<TitlesHost> On(
        TestDatabase database, bool ownsDatabase, DialMode dial = DialMode.InProcess, Action<IServiceCollection>? more = null, params (string Key, string Value)[] settings)
    {
        var sql = new SqlCounter();
        return new TitlesHost(await ModuleHost.On(database, ownsDatabase, dial, [new CatalogModule()], services =>
        {
            services.ConfigureDbContext<SqliteCatalogDbContext>(options => options.AddInterceptors(sql))
                .ConfigureDbContext<PostgresCatalogDbContext>(options => options.AddInterceptors(sql));
            more?.Invoke(services);
        }, settings.ToDictionary(s => s.Key, s => (string?)s.Value)), sql);
    }

    public static Caller Viewer(int maturity, params string[] roles) =>
        new(Guid.CreateVersion7(), [Roles.Viewer, .. roles], new Dictionary<string, string> { [ViewerCaller.MaturityAttribute] = $"{maturity}" });

    public static TitleContent Content(string name, int maturity = 0, params string[] genres) => new() { Name = name, Maturity = maturity, Genres = genres };

    public async Task<Guid> Draft(TitleContent content, string kind = TitleKinds.Film, EpisodePlace? place = null, bool playable = true)
    {
        var made = await Host.Send(new CreateTitle.Command(Guid.CreateVersion7(), kind, place, content), Publisher);
        Assert.That(made.Error, Is.Null);
        if (playable && kind != TitleKinds.Series) await Attach(made.Value.Id, segments: 2);
        return made.Value.Id;
    }

    public async Task<Guid> Published(TitleContent content, string kind = TitleKinds.Film, EpisodePlace? place = null)
    {
        var id = await Draft(content, kind, place);
        Assert.That((await Publish(id)).Error, Is.Null);
        return id;
    }

    /// <summary>Published, and all of it encoded: such titles are kept in the cache.</summary>
    public async Task<Guid> Whole(TitleContent content, string kind = TitleKinds.Film, EpisodePlace? place = null)
    {
        var id = await Draft(content, kind, place, playable: false);
        if (kind != TitleKinds.Series) await Attach(id, segments: 2, complete: true);
        Assert.That((await Publish(id)).Error, Is.Null);
        return id;
    }

    public Task<Result<TitleRevision>> Unpublish(Guid id) => Host.Send(new UnpublishTitle.Command(Guid.CreateVersion7(), id, null), Publisher);

    public Task<Result<TitleRevision>> Publish(Guid id, int? expected = null) =>
        Host.Send(new PublishTitle.Command(Guid.CreateVersion7(), id, expected), Publisher);

    public Task<Result<TitleRevision>> Edit(Guid id, int? expected, TitleContent content) =>
        Host.Send(new EditTitle.Command(id, expected, content), Publisher);

    public async Task<TitleDetails> See(Guid id, Caller caller) => (await Host.Send(new GetTitle(id), caller)).Value;

    public Task Attach(Guid title, int segments, bool complete = false) => Host.With<CatalogDbContext, int>(async db =>
    {
        var asset = new Asset { Id = Guid.CreateVersion7(), Sha256 = $"{Guid.NewGuid():N}", Revision = 1, DurationSeconds = 60, Complete = complete, CreatedAt = Host.Clock.GetUtcNow() };
        var video = Rung(asset.Id, "v240", Rendition.Video, complete);
        db.AddRange(asset, video, Rung(asset.Id, "a0", Rendition.Audio, complete));
        for (var number = 0; number < segments; number++) db.Add(SegmentOf(video.Id, number));
        db.Add(new TextTrack { AssetId = asset.Id, Revision = 1, Name = "s0", Language = "de", Label = "Deutsch" });
        (await db.TitleForWriting(title, CancellationToken.None))!.AttachAsset(asset.Id);
        return await db.SaveChangesAsync();
    });

    public Task UsePoster(Guid title, string hash) => Host.With<CatalogDbContext, int>(async db =>
    {
        (await db.TitleForWriting(title, CancellationToken.None))!.UsePoster(hash);
        return await db.SaveChangesAsync();
    });

    /// <summary>What the cache has done for one of its uses.</summary>
    public CacheUseReport Use(string name) =>
        Host.Services.GetRequiredService<IZoneCache>().Report().Uses.SingleOrDefault(u => u.Use == name) ?? new CacheUseReport(name, 0, 0, 0, 0);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static Rendition Rung(Guid asset, string name, string kind, bool complete) => new()
    {
        Id = Guid.CreateVersion7(),
        AssetId = asset,
        Revision = 1,
        Name = name,
        Kind = kind,
        Codec = "x",
        Timescale = 1000,
        Order = 0,
        Language = "en",
        Label = "English",
        Complete = complete,
    };

    private static Segment SegmentOf(Guid rendition, int number) =>
        new() { RenditionId = rendition, Number = number, Start = number * 4000, Duration = 4000, SizeBytes = 1, KeyframeSizeBytes = 1 };
}
