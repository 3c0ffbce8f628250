using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;

namespace Streaming.Catalog.Uploads;

internal static class UploadEndpoints
{
    public static ModuleBuilder AddUploads(this ModuleBuilder module)
    {
        module.AddOptions<UploadOptions>("uploads");
        module.Services.AddSingleton<UploadFiles>().AddSingleton<UploadExpiry>().AddHostWork<UploadExpiry>();
        return module;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var uploads = routes.MapGroup("/api/catalog/uploads").WithTags("Uploads").ServedHere().AddEndpointFilter(Tus.SpeakVersion);
        CreateUpload.Map(uploads);
        GetUpload.Map(uploads);
        ReceiveChunk.Map(uploads);
        DeleteUpload.Map(uploads);
    }
}
