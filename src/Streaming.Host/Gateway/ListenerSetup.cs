using System.Net;
using System.Net.Sockets;

namespace Streaming.Host.Gateway;

/// <summary>Where the host listens: the public addresses, and metrics on a listener of their own.</summary>
internal static class ListenerSetup
{
    private const long BodyLimitBytes = 1024 * 1024;

    public static void UseListeners(this IWebHostBuilder web, IConfiguration configuration)
    {
        web.UseKestrelHttpsConfiguration();
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Endpoints that take more (uploads, artwork) say so themselves.
            kestrel.Limits.MaxRequestBodySize = BodyLimitBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        });
        var urls = configuration["urls"]!.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        web.UseUrls(Metrics(configuration) is { } metrics && IsFree(metrics) ? [.. urls, metrics.ToString()] : urls);
    }

    /// <summary><c>/metrics</c> for Prometheus, only on its own listener (<c>telemetry:metrics</c>; <c>off</c> for none).</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, IConfiguration configuration)
    {
        if (Metrics(configuration) is { } metrics) routes.MapPrometheusScrapingEndpoint("/metrics").RequireHost($"*:{metrics.Port}");
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
