using System.Net;
using System.Net.Sockets;

namespace Streaming.Host.Gateway;

/// <summary>Whether an address can be listened on, asked before anything is built: the server itself would say so late, and with a stack trace.</summary>
internal static class ListenAddress
{
    /// <summary>Whether another program has it. What cannot be told by trying, such as a name, is left to the server.</summary>
    public static bool IsTaken(string url)
    {
        var address = BindingAddress.Parse(url);
        if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0) return false;
        var ip = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address.Host, out var named) ? named : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(ip, address.Port);
            listener.Start();
            return false;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }
}
