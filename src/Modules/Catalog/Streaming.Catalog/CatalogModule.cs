using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Streaming.Catalog.Artwork;
using Streaming.Catalog.Data;
using Streaming.Catalog.Demo;
using Streaming.Catalog.Discards;
using Streaming.Catalog.Ingests;
using Streaming.Catalog.Media;
using Streaming.Catalog.Titles;
using Streaming.Catalog.Uploads;
using Streaming.Platform.Modules;
using Streaming.Platform.Outbox;

namespace Streaming.Catalog;

/// <summary>Titles and their metadata, and the way of a file from upload to a ladder of renditions.</summary>
public sealed class CatalogModule : IModule
{
    public string Name => "catalog";

    public Assembly Contracts => typeof(GetTitles).Assembly;

    public void AddServices(ModuleBuilder module)
    {
        module.AddData<CatalogDbContext, SqliteCatalogDbContext, PostgresCatalogDbContext>();
        module.AddOptions<FfmpegOptions>("ffmpeg");
        module.Services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<FfmpegOptions>>().Value);
        module.Services.AddHealthChecks().AddCheck<EncoderHealth>("encoder");
        module.Services.AddSingleton<ArtworkFiles>();
        module.Services.AddSingleton<TitleCache>().AddScoped<VisibleTitles>().AddScoped<ListCache>().AddSingleton<IEventListener, HearOfTitle>();
        module.Services.AddKeyedSingleton<IInterceptor, TitleChanges>(Name);
        module.AddIngests().AddUploads().AddDiscards().AddDemo();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        ReplaceArtwork.Map(TitleEndpoints.Map(routes));
        ServeArtwork.Map(routes);
        UploadEndpoints.Map(routes);
        IngestEndpoints.Map(routes);
    }
}
