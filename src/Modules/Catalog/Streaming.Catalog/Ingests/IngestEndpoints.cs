using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog.Media;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;

namespace Streaming.Catalog.Ingests;

internal static class IngestEndpoints
{
    public static ModuleBuilder AddIngests(this ModuleBuilder module)
    {
        module.AddOptions<IngestOptions>("ingest");
        module.Services
            .AddSingleton<MediaProbe>().AddSingleton<SegmentEncoder>().AddSingleton<Thumbnails>().AddSingleton<Subtitles>()
            .AddSingleton<IngestSignal>().AddSingleton<IngestOwner>().AddSingleton<IngestActivity>().AddSingleton<IngestSlots>()
            .AddSingleton<IngestRows>().AddSingleton<SourceFiles>().AddSingleton<IngestSource>().AddSingleton<IngestAssets>().AddSingleton<IngestTitles>()
            .AddSingleton<RowlessFiles>()
            .AddSingleton<IngestEncode>().AddSingleton<IngestExtras>().AddSingleton<IngestWaiting>().AddSingleton<IngestRemoval>()
            .AddSingleton<IngestBase>().AddSingleton<IngestFull>().AddSingleton<IngestWorker>().AddSingleton<IngestWatch>()
            .AddHostWork<IngestWatch>();
        return module;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var ingests = routes.MapGroup("/api/catalog/ingests").WithTags("Ingests").ServedHere().ProducesProblem(StatusCodes.Status403Forbidden);
        ListIngests.Map(ingests);
        ShowIngest.Map(ingests);
        FollowIngests.Map(ingests);
        ActOnIngest.Map(ingests);
        DeleteIngest.Map(ingests);
    }
}
