using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Streaming.Catalog.Titles;

internal static class TitleEndpoints
{
    /// <summary>Maps the titles and answers their group, for what else there is about a title.</summary>
    public static RouteGroupBuilder Map(IEndpointRouteBuilder routes)
    {
        // What is answered depends on who asks and on the hour.
        var catalog = routes.MapGroup("/api/catalog").WithTags("Catalog").AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "private, no-cache";
            return next(context);
        });
        var titles = catalog.MapGroup("/titles");
        Browse.Map(titles);
        ShowTitle.Map(titles);
        ShowHistory.Map(titles);
        CreateTitle.Map(titles);
        EditTitle.Map(titles);
        PublishTitle.Map(titles);
        UnpublishTitle.Map(titles);
        CountGenres.Map(catalog);
        return titles;
    }
}
