using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Modules;

namespace Streaming.Catalog.Demo;

internal static class DemoRegistration
{
    /// <summary>Works only where <c>demo:enabled</c> says so.</summary>
    public static ModuleBuilder AddDemo(this ModuleBuilder module)
    {
        module.Services.AddSingleton<FilmSynthesizer>().AddSingleton<DemoCatalogue>();
        if (module.Configuration.GetValue("demo:enabled", false))
            module.Services.AddHostWork<DemoCatalogue>();
        return module;
    }
}
