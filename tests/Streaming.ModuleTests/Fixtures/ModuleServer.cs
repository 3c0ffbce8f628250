using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;

namespace Streaming.ModuleTests.Fixtures;

/// <summary>Modules behind real HTTP on a loopback port; every request is made by <see cref="Caller"/>.</summary>
internal sealed class ModuleServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ModuleServer(WebApplication app) => _app = app;

    public Caller Caller { get; set; } = Caller.Anonymous;

    public HttpClient Client { get; } = new();

    public IServiceProvider Services => _app.Services;

    public static async Task<ModuleServer> Start(
        IReadOnlyList<IModule> modules, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? fakes = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Services.AddRouting().AddHttpConventions().AddZoneCache().AddModules(builder.Configuration, modules);
        fakes?.Invoke(builder.Services);
        var app = builder.Build();
        var server = new ModuleServer(app);
        app.UseProblems();
        app.UseRouting();
        app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<CallContext>().Caller = server.Caller;
            return next(context);
        });
        app.MapModules();
        await app.Services.GetRequiredService<ModuleMigrations>().Apply(CancellationToken.None);
        await app.StartAsync();
        server.Client.BaseAddress = new Uri(app.Urls.Single());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
