using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.EdgeRouting.Origin;
using Streaming.Platform.Modules;

namespace Streaming.EdgeRouting;

/// <summary>Where media is fetched from. The origin is the only place so far.</summary>
public sealed class EdgeRoutingModule : IModule
{
    public string Name => "edges";

    public Assembly Contracts => typeof(GetFetchSources).Assembly;

    public void AddServices(ModuleBuilder module) => module.AddOptions<OriginOptions>("origin");

    public void MapEndpoints(IEndpointRouteBuilder routes) => ListEdges.Map(routes.MapGroup("/api/edges").WithTags("Edges"));
}
