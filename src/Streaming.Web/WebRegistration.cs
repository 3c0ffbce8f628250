using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Web.Access;
using Streaming.Web.Operations;
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
        services.AddSingleton<HostFacts>();
        return services;
    }

    /// <summary>
    /// Maps the pages and their assets, and <c>/error</c> and <c>/not-found</c> for the host to show failures with. After
    /// authentication, the caller and antiforgery.
    /// </summary>
    public static void MapStreamingWeb(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<WebAssets>().Map(routes);
        routes.MapRazorComponents<App>().Add(PageGate.Guard);

        // For every method: a failed form post is re-executed as the post that it was.
        routes.Map("/not-found", (HttpContext http) => MessagePage.ShowAsync(http, MessagePage.NotFound)).DisableAntiforgery().ExcludeFromDescription();
        routes.Map("/error", (HttpContext http) => MessagePage.ShowAsync(http, MessagePage.Failed(
            http.Response.StatusCode is >= 400 and < 600 ? http.Response.StatusCode : StatusCodes.Status500InternalServerError,
            Activity.Current?.TraceId.ToHexString()))).DisableAntiforgery().ExcludeFromDescription();
    }
}
