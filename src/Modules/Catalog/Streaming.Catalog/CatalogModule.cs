using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Streaming.Catalog.Data;
using Streaming.Platform.Modules;

namespace Streaming.Catalog;

/// <summary>Titles and their metadata, and the way of a file from upload to a ladder of renditions.</summary>
public sealed class CatalogModule : IModule
{
    public string Name => "catalog";

    public Assembly Contracts => typeof(GetTitles).Assembly;

    public void AddServices(ModuleBuilder module)
    {
        module.AddData<CatalogDbContext, SqliteCatalogDbContext, PostgresCatalogDbContext>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }
}
