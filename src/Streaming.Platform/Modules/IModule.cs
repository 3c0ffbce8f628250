using System.Reflection;
using Microsoft.AspNetCore.Routing;

namespace Streaming.Platform.Modules;

/// <summary>A bounded context: the only public type of its assembly. The host lists modules in one place and nowhere else.</summary>
public interface IModule
{
    /// <summary>Lower case with hyphens; also its database's name and its path below <c>/api</c>.</summary>
    string Name { get; }

    /// <summary>The assembly of its contracts.</summary>
    Assembly Contracts { get; }

    /// <summary>Where its handlers, validators and event handlers are found: its own assembly.</summary>
    Assembly Implementation => GetType().Assembly;

    /// <summary>Registers options, data and policies. Handlers, validators and event handlers are found without being named.</summary>
    void AddServices(ModuleBuilder module);

    /// <summary>Maps the module's own HTTP endpoints.</summary>
    void MapEndpoints(IEndpointRouteBuilder routes);
}
