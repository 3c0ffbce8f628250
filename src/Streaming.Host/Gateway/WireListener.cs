using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Streaming.Host.Handovers;
using Streaming.Platform.Wire;

namespace Streaming.Host.Gateway;

/// <summary>
/// Where other processes of the installation call this one's contracts (<c>wire:listen</c>; <c>off</c> for nowhere): a listener of its own,
/// HTTP/2 without TLS, that no stranger should reach. Where nothing is said it is a free port on 127.0.0.1.
/// </summary>
internal sealed class WireListener
{
    /// <exception cref="InvalidOperationException">The setting is no address.</exception>
    public WireListener(IConfiguration configuration, ListeningSockets sockets)
    {
        var text = configuration["wire:listen"];
        if (text == "off") return;
        if (string.IsNullOrEmpty(text)) text = "http://127.0.0.1:0";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme != "http" || address.PathAndQuery != "/" || !IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)
            || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            throw new InvalidOperationException($"wire:listen is '{text}'; it takes an address that the other processes can reach, such as http://10.0.0.7:9080, or off.");
        // The port has to be known before anything is built: requests are told apart by it.
        Address = address.Port == 0 ? new UriBuilder(address) { Port = sockets.Reserve(ip) }.Uri : address;
    }

    /// <summary>Null for nowhere.</summary>
    public Uri? Address { get; }

    public void Configure(KestrelServerOptions kestrel)
    {
        if (Address is not { Port: var port }) return;
        kestrel.ConfigureEndpointDefaults(listen =>
        {
            if (listen.IPEndPoint?.Port == port) listen.Protocols = HttpProtocols.Http2;
        });
    }

    /// <summary>First of all: whoever reaches this listener reaches contracts and nothing else.</summary>
    public void UseAlone(WebApplication app)
    {
        if (Address is { Port: var port }) app.UseWire(port);
    }
}
