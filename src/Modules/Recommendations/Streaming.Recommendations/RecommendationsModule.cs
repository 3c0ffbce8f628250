using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Outbox;
using Streaming.Recommendations.Data;
using Streaming.Recommendations.Home;
using Streaming.Recommendations.Publishing;
using Streaming.Recommendations.Similar;

namespace Streaming.Recommendations;

/// <summary>What to watch next: what is popular, what is new, what is like a title.</summary>
public sealed class RecommendationsModule : IModule
{
    public string Name => "recommendations";

    public Assembly Contracts => typeof(GetHomeRows).Assembly;

    public void AddServices(ModuleBuilder module)
    {
        module.AddData<RecommendationsDbContext, SqliteRecommendationsDbContext, PostgresRecommendationsDbContext>();
        module.Services.AddSingleton<RowCache>().AddScoped<CandidateRows>().AddHostedService<WarmHome>()
            .AddSingleton<IFallback<GetHomeRows, HomeRows>, HomeFallback>();
        module.Services.AddSingleton<IEventListener, HearOfPublishing>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        var recommendations = routes.MapGroup("/api/recommendations").WithTags("Recommendations");
        ComposeHome.Map(recommendations);
        FindSimilar.Map(recommendations);
    }
}
