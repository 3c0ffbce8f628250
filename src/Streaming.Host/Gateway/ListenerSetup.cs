using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Streaming.Host.Gateway;

/// <summary>Where the host listens: the public addresses, and metrics on a listener of their own.</summary>
internal static class ListenerSetup
{
    // Kestrel takes a bare line feed for the end of a line unless told otherwise, and proxies do not: what one takes for a header is a request to the other.
    private const string NoBareLineFeeds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    public static void UseListeners(this IWebHostBuilder web, IConfiguration configuration)
    {
        AppContext.SetSwitch(NoBareLineFeeds, true);
        web.UseKestrelHttpsConfiguration();
        var server = GatewayReading.Read(configuration).Server;
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = kestrel.Limits.MaxConcurrentUpgradedConnections = server.Connections;
            kestrel.Limits.MaxRequestHeaderCount = server.HeaderCount;
            kestrel.Limits.MaxRequestHeadersTotalSize = server.HeaderBytes;
            // Endpoints that take more, or more slowly (uploads, artwork), say so themselves.
            kestrel.Limits.MaxRequestBodySize = server.BodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(server.HeaderSeconds);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(server.KeepAliveSeconds);
            kestrel.Limits.MinRequestBodyDataRate = kestrel.Limits.MinResponseDataRate = new MinDataRate(server.MinBytesPerSecond, TimeSpan.FromSeconds(server.GraceSeconds));
        });
        var urls = configuration["urls"]!.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        web.UseUrls(Metrics(configuration) is { } metrics && IsFree(metrics) ? [.. urls, metrics.ToString()] : urls);
    }

    /// <summary><c>/metrics</c> for Prometheus, only on its own listener (<c>telemetry:metrics</c>; <c>off</c> for none).</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, IConfiguration configuration)
    {
        if (Metrics(configuration) is not { } metrics) return;
        // Which listener it is the connection says; the host that a client names is only what it says.
        routes.MapPrometheusScrapingEndpoint("/metrics", null, branch => branch.Use((context, next) =>
        {
            if (context.Connection.LocalPort == metrics.Port) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }), null);
    }

    private static Uri? Metrics(IConfiguration configuration)
    {
        var text = configuration["telemetry:metrics"];
        if (string.IsNullOrEmpty(text) || text == "off") return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            ? address
            : throw new InvalidOperationException($"telemetry:metrics is '{text}'; it takes an address such as http://127.0.0.1:9464, or off.");
    }

    /// <summary>A second host on the same machine must not fail for the sake of its metrics.</summary>
    private static bool IsFree(Uri address)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.TryParse(address.Host, out var ip) ? ip : IPAddress.Loopback, address.Port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
