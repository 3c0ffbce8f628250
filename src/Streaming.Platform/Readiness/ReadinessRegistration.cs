using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Readiness.Rehearsals;

namespace Streaming.Platform.Readiness;

/// <summary>Puts the recording of calls, and the reports of modules, into a process.</summary>
public static class ReadinessRegistration
{
    /// <summary>Records of some requests what they call: after routing and before whoever calls a contract.</summary>
    public static IApplicationBuilder UseCallTraces(this IApplicationBuilder app)
    {
        var recorder = app.ApplicationServices.GetRequiredService<CallRecorder>();
        return app.Use((http, next) =>
            recorder.RouteOf(http.GetEndpoint()) is { } route && recorder.Begin(route, http.RequestServices.GetRequiredService<CallContext>()) is { } trace ? Record(trace, next, http) : next(http));
    }

    internal static void AddReadiness(this IServiceCollection services, IReadOnlyList<IModule> modules)
    {
        services.TryAddSingleton(ProcessRole.Host);
        services.AddSingleton<TraceTally>().AddSingleton<CallRecorder>().AddSingleton<RoundTrips>().AddSingleton<ProcessorCost>();
        services.AddSingleton<ModuleCanvases>().AddSingleton<DataWatch>().AddSingleton<EventLags>().AddSingleton<RehearsalFiles>().AddSingleton<ReadinessSources>();
        services.AddSingleton(provider => new ReadinessBoard(provider.GetRequiredService<ModuleSet>(), provider.GetRequiredService<ReadinessSources>()));
        services.AddHostWork<CallRecorder>().AddHostWork<RoundTrips>().AddHostWork<ProcessorCost>();
        foreach (var module in modules)
            services.AddKeyedSingleton<IInterceptor>(module.Name, (provider, _) => new ModuleDataWatch(module.Name, provider.GetRequiredService<DataWatch>()));
    }

    private static async Task Record(CallTrace trace, RequestDelegate next, HttpContext http)
    {
        try
        {
            await next(http);
        }
        finally
        {
            trace.End();
        }
    }
}
