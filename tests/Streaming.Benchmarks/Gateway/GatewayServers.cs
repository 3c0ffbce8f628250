using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Host.Running;
using Yarp.ReverseProxy.Configuration;

namespace Streaming.Benchmarks.Gateway;

/// <summary>The same endpoint behind nothing, behind our gateway, and YARP for in front of it; each a process of its own.</summary>
internal static class GatewayServers
{
    public const string Verb = "--gateway-server";
    public const string Path = "/api/bench/hello";
    public const string Bare = "bare";
    public const string Ours = "ours";
    public const string Yarp = "yarp";

    private const string NoLimit = "10000000";

    /// <param name="what">One of the three.</param>
    /// <param name="url">Where to listen.</param>
    /// <param name="more">Our data folder, or the address that YARP forwards to.</param>
    public static async Task<int> Serve(string what, string url, string more, CancellationToken ct)
    {
        if (what == Ours)
        {
            await using var host = await RunningHost.Start(Settings(url, more), ct, Hello);
            await host.Stopped(ct);
            return 0;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (what == Yarp)
            builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "bare", Match = new RouteMatch { Path = "/{**path}" } }],
                [new ClusterConfig { ClusterId = "bare", Destinations = new Dictionary<string, DestinationConfig> { ["bare"] = new() { Address = more } } }]);
        await using var app = builder.Build();
        app.Urls.Add(url);
        if (what == Yarp) app.MapReverseProxy();
        else Hello(app);
        await app.StartAsync(ct);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    // Nothing is left out but the number at which a limit refuses: one machine asks for more than a thousand households do.
    private static Dictionary<string, string?> Settings(string url, string folder) => new()
    {
        ["data:folder"] = folder,
        ["urls"] = url,
        ["telemetry:metrics"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{new Uri(url).Port + 1}"),
        ["logging:loglevel:default"] = "Warning",
        ["gateway:limits:address:perSecond"] = NoLimit,
        ["gateway:limits:address:burst"] = NoLimit,
    };

    private static void Hello(IEndpointRouteBuilder routes) => routes.MapGet(Path, () => TypedResults.Ok(new Greeting("hello", 42)));

    private sealed record Greeting(string Message, int Number);
}
