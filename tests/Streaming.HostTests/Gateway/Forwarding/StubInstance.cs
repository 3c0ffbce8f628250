using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Host.Gateway.Forwarding;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Dial.Instances;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>What takes itself for another process of ours and answers as a test tells it to.</summary>
internal sealed class StubInstance(string name, WebApplication app) : IAsyncDisposable
{
    public string Name { get; } = name;

    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>What it does with a request.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = http => http.Response.WriteAsync("from an instance");

    /// <summary>Whether it takes the gateway's word, as a host does that names it in gateway:trustedProxies.</summary>
    public bool Trusts { get; set; } = true;

    /// <summary>Who it says that it is: another host with the keys of <see cref="StubKeys"/>.</summary>
    public string Receiver { get; set; } = new GatewayProof(StubKeys.Provider, new HostIdentity(), TimeProvider.System).Current;

    /// <summary>What has come, but probes.</summary>
    public ConcurrentQueue<(string Method, string Path, Dictionary<string, string> Headers, string Body)> Seen { get; } = new();

    public static async Task<StubInstance> Start(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StubInstance(name, app);
        app.Run(stub.Serve);
        await app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Serve(HttpContext http)
    {
        if (Trusts) http.Response.Headers[ForwardedRequest.Receiver] = Receiver;
        if (http.Request.Path == "/health/live") return;
        using var body = new StreamReader(http.Request.Body);
        Seen.Enqueue((http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), await body.ReadToEndAsync()));
        await Answer(http);
    }
}

/// <summary>Keys that stubs and the hosts in front of them share, as hosts on one database do.</summary>
internal static class StubKeys
{
    private static readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streaming-keys-");

    public static IDataProtectionProvider Provider { get; } = DataProtectionProvider.Create(_folder, keys => keys.SetApplicationName("streaming"));

    /// <summary>A data folder with them.</summary>
    public static string NewDataFolder()
    {
        _ = Provider.CreateProtector("first").Protect("a key is made when one is needed");
        var folder = Directory.CreateTempSubdirectory("streaming-host-").FullName;
        var keys = Directory.CreateDirectory(Path.Combine(folder, "keys", "protection"));
        foreach (var key in _folder.GetFiles()) key.CopyTo(Path.Combine(keys.FullName, key.Name));
        return folder;
    }
}

internal static class Forwards
{
    /// <summary>Settings that send a share of a module's requests to stubs.</summary>
    public static (string Key, string Value)[] To(string module, string percent, params StubInstance[] stubs) =>
    [
        ($"gateway:forwarding:{module}:percent", percent),
        .. stubs.SelectMany((stub, n) => new (string, string)[]
        {
            ($"gateway:forwarding:{module}:instances:{n}:name", stub.Name), ($"gateway:forwarding:{module}:instances:{n}:address", stub.Url.ToString()),
        }),
    ];

    /// <summary>Waits until the gateway has probed all of its instances and uses them.</summary>
    public static async Task AllIn(this TestHost host)
    {
        var instances = host.Services.GetRequiredService<InstanceSet>();
        for (var i = 0; i < 200 && instances.All.Any(a => a.State != InstanceState.In); i++) await Task.Delay(25);
        Assert.That(instances.All.Select(i => (i.At.Name, i.State, i.Reason)), Has.All.Matches<(string, InstanceState State, string?)>(i => i.State == InstanceState.In));
    }

    public static string? ServedBy(this HttpResponseMessage answer) => answer.Headers.TryGetValues("Streaming-Served-By", out var names) ? names.Single() : null;
}
