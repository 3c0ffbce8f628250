using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Streaming.Host.Handovers;

namespace Streaming.Host.Gateway;

/// <summary>Where the host listens: the public addresses, and metrics and the wire on listeners of their own.</summary>
internal static class ListenerSetup
{
    // Kestrel takes a bare line feed for the end of a line unless told otherwise, and proxies do not: what one takes for a header is a request to the other.
    private const string NoBareLineFeeds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    public static void UseListeners(this IWebHostBuilder web, IConfiguration configuration, MetricsListener metrics, WireListener wire, ListeningSockets sockets)
    {
        AppContext.SetSwitch(NoBareLineFeeds, true);
        web.UseKestrelHttpsConfiguration();
        web.ConfigureServices(services => services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = sockets.Bind));
        var server = GatewayReading.Read(configuration).Server;
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            wire.Configure(kestrel);
            kestrel.Limits.MaxConcurrentConnections = kestrel.Limits.MaxConcurrentUpgradedConnections = server.Connections;
            kestrel.Limits.MaxRequestHeaderCount = server.HeaderCount;
            kestrel.Limits.MaxRequestHeadersTotalSize = server.HeaderBytes;
            // Endpoints that take more, or more slowly (uploads, artwork), say so themselves.
            kestrel.Limits.MaxRequestBodySize = server.BodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(server.HeaderSeconds);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(server.KeepAliveSeconds);
            kestrel.Limits.MinRequestBodyDataRate = kestrel.Limits.MinResponseDataRate = new MinDataRate(server.MinBytesPerSecond, TimeSpan.FromSeconds(server.GraceSeconds));
        });
        web.UseUrls([.. Urls(configuration), .. new[] { metrics.Address, wire.Address }.OfType<Uri>().Select(u => u.ToString())]);
    }

    /// <summary>The public addresses.</summary>
    public static string[] Urls(IConfiguration configuration) =>
        configuration["urls"]!.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
