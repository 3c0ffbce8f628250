using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Modules;
using Streaming.Platform.Wire;

namespace Streaming.ModuleTests.Fixtures;

/// <summary>An instance of some modules beside a host, on its data: in the test's own process, but everything that is called there goes over a connection.</summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private const string Name = "there";

    private readonly WebApplication _app;

    private OtherProcess(WebApplication app) => _app = app;

    /// <summary>Starts it and turns the dials of its modules to it.</summary>
    /// <param name="host">The host's services.</param>
    /// <param name="modules">Which.</param>
    /// <param name="settings">The host's settings.</param>
    /// <param name="add">Adds the services that the host has too.</param>
    public static async Task<OtherProcess> Start(IServiceProvider host, IReadOnlyList<IModule> modules, IEnumerable<KeyValuePair<string, string?>> settings, Action<IServiceCollection, IConfiguration> add)
    {
        var names = modules.Select(m => m.Name).ToArray();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["instance:name"] = Name, ["instance:modules"] = string.Join(',', names) });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Services.AddRouting().AddSingleton(ProcessRole.From(builder.Configuration, names));
        var own = builder.Services.Where(s => s.ServiceType == typeof(IHostedService)).ToArray();
        add(builder.Services, builder.Configuration);
        // As in the host nothing runs in the background.
        foreach (var work in builder.Services.Where(s => s.ServiceType == typeof(IHostedService)).Except(own).ToArray()) builder.Services.Remove(work);
        builder.Services.AddSingleton(host.GetRequiredService<IDataProtectionProvider>());
        var app = builder.Build();
        var other = new OtherProcess(app);
        app.Run(context => app.Services.GetRequiredService<WireServer>().Serve(context));
        await app.StartAsync();

        var (neighbours, address) = (host.GetRequiredService<Neighbours>(), new Uri(app.Urls.Single()));
        neighbours.Use([new Neighbour(Name, Name, true, names.ToFrozenSet(StringComparer.Ordinal), address, address, "0", 0, false)]);
        foreach (var instance in names.SelectMany(n => neighbours.InstancesOf(n)!.Instances).Distinct()) await instance.Answered();
        host.GetRequiredService<DialBoard>().Follow(names.Select(n => new ModuleDial(n, DialMode.Remote, 0, 1)));
        return other;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
