using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Streaming.Host.Gateway;

/// <summary>Proxies in front of this host whose word on the client is taken.</summary>
internal sealed class TrustedPeers
{
    public static readonly TrustedPeers None = new([]);

    /// <summary>For a request that proves by itself whose it is.</summary>
    public static readonly TrustedPeers Anyone = new([IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]);

    private readonly IPNetwork[] _networks;
    private readonly ForwardedHeadersMiddleware _forwarders;

    private TrustedPeers(IPNetwork[] networks)
    {
        _networks = networks;
        // Not the host: a proxy that does not set the header passes on what a client has written into it.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks) options.KnownIPNetworks.Add(network);
        _forwarders = new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(options));
    }

    public bool AreNone => _networks.Length == 0;

    /// <exception cref="InvalidOperationException">One is neither an address nor a network.</exception>
    public static TrustedPeers Parse(string key, IEnumerable<string> values)
    {
        var networks = values.Select(value => Network(value)
            ?? throw new InvalidOperationException($"{key}: '{value}' is neither an address nor a network such as 10.0.0.0/8.")).ToArray();
        return networks.Length == 0 ? None : new TrustedPeers(networks);
    }

    public bool Contains(IPAddress? address)
    {
        if (address is null || _networks.Length == 0) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _networks)
            if (network.Contains(address)) return true;
        return false;
    }

    /// <summary>Takes the client's address and scheme over from the headers of a trusted proxy.</summary>
    public void Apply(HttpContext context) => _forwarders.ApplyForwarders(context);

    private static IPNetwork? Network(string value)
    {
        if (IPAddress.TryParse(value, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(value, out var network) ? network : null;
    }
}
