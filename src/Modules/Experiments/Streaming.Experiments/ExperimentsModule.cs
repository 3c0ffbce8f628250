using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Experiments.Flags;
using Streaming.Experiments.Ofrep;
using Streaming.Platform.Modules;

namespace Streaming.Experiments;

/// <summary>Feature flags with a fixed split, assigned by hash: the same unit always gets the same variant, and no row is kept.</summary>
public sealed class ExperimentsModule : IModule
{
    public string Name => "experiments";

    public Assembly Contracts => typeof(GetAssignments).Assembly;

    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<FlagSettings>("flags");
        module.Services.AddSingleton<FlagSet>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        ListFlags.Map(routes.MapGroup("/api/experiments/flags").WithTags("Experiments"));

        var ofrep = routes.MapGroup("/ofrep/v1/evaluate/flags").WithTags("OpenFeature Remote Evaluation Protocol").DisableAntiforgery();
        EvaluateFlag.Map(ofrep);
        EvaluateFlags.Map(ofrep);
    }
}
