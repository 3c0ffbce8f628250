using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Streaming.Host.Gateway;
using Streaming.Host.Gateway.Forwarding;
using Streaming.Host.Handovers;
using Streaming.Host.Health;
using Streaming.Host.Operations;
using Streaming.Host.Operations.Live;
using Streaming.Platform.Caching;
using Streaming.Platform.Consistency;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Jobs;
using Streaming.Platform.Modules;
using Streaming.Platform.Readiness;
using Streaming.Platform.Storage;
using Streaming.Platform.Telemetry;
using Streaming.Web;

namespace Streaming.Host.Composition;

/// <summary>The composition root: what the one process is made of, and the order in which a request passes through it.</summary>
internal static class StreamingApplication
{
    /// <param name="arguments">Settings from the command line.</param>
    /// <param name="more">Further endpoints, such as those that a test looks through.</param>
    /// <param name="sockets">Those that another process has given to this one to listen on; null for new ones.</param>
    public static WebApplication Build(IReadOnlyDictionary<string, string?> arguments, Action<IEndpointRouteBuilder>? more = null, ListeningSockets? sockets = null)
    {
        sockets ??= new ListeningSockets();
        var configuration = StreamingConfiguration.Build(arguments);
        ConfigurationKeys.Check(configuration);
        var role = ProcessRole.From(configuration, [.. StreamingModules.All.Select(m => m.Name)]);
        var data = DataOptions.From(configuration);
        PrivateFolder.Create(data.Folder);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.AddHostLogging(configuration);
        var metrics = new MetricsListener(configuration, sockets);
        var wire = new WireListener(configuration, sockets);
        builder.WebHost.UseListeners(configuration, metrics, wire, sockets);

        var services = builder.Services;
        services.AddSingleton(data).AddSingleton(wire);
        services.AddSingleton(role);
        services.AddSingleton(sockets).AddSingleton<HostWorkSwitch>().AddSingleton<Handover>();
        services.AddDataProtection().SetApplicationName("streaming").PersistKeysToFileSystem(PrivateFolder.Create(data.PathOf("keys", "protection")));
        services.AddHttpConventions();
        services.AddGateway(configuration);
        services.AddLiveConfiguration(configuration, arguments, data);
        services.AddAntiforgery(antiforgery => antiforgery.Cookie.Name = "streaming-antiforgery");
        services.AddAuthorization();
        services.AddApiDescription();
        services.AddTelemetry(configuration);
        services.AddObjectStore();
        services.AddZoneCache();
        services.AddJobs(configuration, role);
        services.AddOperations();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database").AddCheck<DiskHealth>("disk").AddCheck<EventHealth>("events").AddCheck<ConfigurationHealth>("configuration");
        if (data.HasSeveralServers) services.AddHealthChecks().AddCheck<ConsistencyHealth>("consistency");
        services.AddModules(configuration, StreamingModules.All);
        services.AddDialDecisions(configuration, role);
        services.AddStreamingWeb();

        var app = builder.Build();
        metrics.UseAlone(app);
        wire.UseAlone(app);
        app.UseMiddleware<ClosingConnections>();
        app.UseMiddleware<RequestIdentity>();
        app.UseInjectedFault(ForwardedRequest.Is);
        app.UseHsts();
        app.UseSecurityHeaders();
        app.UseServerTiming();
        app.UseProblemsOrPages();
        app.UseSessionPosition();
        app.UseRouting();
        app.UseAdmission();
        app.UseCallTraces();
        app.UseSignIn();
        app.UseCaller();
        app.UseCallerLimits();
        app.UseForwarding();
        app.UseSignedInStreams();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = HealthAnswer.WriteLive });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = HealthAnswer.WriteReady });
        metrics.Map(app);
        app.MapOpenApi();
        app.MapResilienceBoard();
        app.MapCacheBoard();
        app.MapForwardingBoard();
        app.MapPlacements();
        app.MapDial();
        app.MapHandover();
        app.MapDataMoves();
        app.MapReadiness();
        app.MapRehearsals();
        app.MapConsistencyBoard();
        app.MapLiveBoard();
        app.MapModules();
        app.MapParkedEvents();
        app.MapStreamingWeb();
        more?.Invoke(app);
        return app;
    }
}
