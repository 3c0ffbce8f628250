using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Web.Access;
using Streaming.Web.Shared;

namespace Streaming.Web;

/// <summary>Puts the pages into a host.</summary>
public static class WebRegistration
{
    /// <summary>Registers the pages and what they stand on.</summary>
    public static IServiceCollection AddStreamingWeb(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<WebAssets>();
        services.AddScoped<PageCaller>();
        // First in the list: a browser that navigates gets a page about the failure, everything else problem details.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ErrorPageWriter>());
        return services;
    }

    /// <summary>Maps the pages, their assets, and the not-found page. After authentication, the caller and antiforgery.</summary>
    public static void MapStreamingWeb(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<WebAssets>().Map(routes);
        routes.MapRazorComponents<App>().Add(PageGate.Guard);
        routes.MapFallback(ErrorPageWriter.NotFoundAsync);
    }
}
