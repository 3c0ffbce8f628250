using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Streaming.Host.Handovers;

/// <summary>
/// The sockets that this process listens on, by their addresses. A process that it starts can be given them: then both take connections from
/// the same queue, and none is refused when one of them stops.
/// </summary>
internal sealed partial class ListeningSockets
{
    private const int SetDescriptorFlags = 2; // F_SETFD, the same on Linux and macOS
    private const int CloseOnExec = 1; // FD_CLOEXEC

    private readonly ConcurrentDictionary<string, Socket> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Socket> _bound;

    /// <summary>As a process that starts from nothing.</summary>
    public ListeningSockets() => _bound = new(StringComparer.Ordinal);

    /// <param name="given">What another process has said of its own: <c>address=descriptor</c>, separated by commas.</param>
    public ListeningSockets(string given) =>
        (_bound, AreGiven) = (new(given.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Parse), StringComparer.Ordinal), true);

    public static bool CanBeGiven => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>Whether any was given to this process.</summary>
    public bool AreGiven { get; }

    /// <summary>Takes a free port now, for a listener that has to know it before the server starts; nobody else gets it in between.</summary>
    /// <returns>The port, 1 to 65535.</returns>
    public int Reserve(IPAddress address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(address, 0));
        var endpoint = (IPEndPoint)socket.LocalEndPoint!;
        _bound[Name(endpoint)] = socket;
        return endpoint.Port;
    }

    /// <summary>For the server: the one that there is for the address, or a new one.</summary>
    public Socket Bind(EndPoint endpoint)
    {
        var socket = _bound.TryRemove(Name(endpoint), out var bound) ? bound : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        _open[Name(endpoint)] = socket;
        return socket;
    }

    /// <summary>Closes those that were given for addresses that this process does not listen on: in their queues connections would wait for ever.</summary>
    public void CloseRest()
    {
        foreach (var name in _bound.Keys)
            if (_bound.TryRemove(name, out var rest)) rest.Dispose();
    }

    /// <summary>Lets processes that are started until it is disposed of have them.</summary>
    public Opened Give()
    {
        var sockets = _open.ToArray();
        foreach (var (_, socket) in sockets) Check(Control((int)socket.Handle, SetDescriptorFlags, 0));
        return new Opened(sockets);
    }

    private static KeyValuePair<string, Socket> Parse(string pair)
    {
        var at = pair.LastIndexOf('=');
        var descriptor = int.Parse(pair.AsSpan(at + 1), CultureInfo.InvariantCulture);
        Check(Control(descriptor, SetDescriptorFlags, CloseOnExec));
        return new(pair[..at], new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)));
    }

    private static string Name(EndPoint endpoint) => endpoint.ToString() ?? "";

    private static void Check(int result)
    {
        if (result < 0) throw new IOException($"A listening socket cannot be handed over: error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    /// <summary>While they may be had by others.</summary>
    internal readonly struct Opened(KeyValuePair<string, Socket>[] sockets) : IDisposable
    {
        /// <summary>As the constructor takes it.</summary>
        public override string ToString() => string.Join(',', sockets.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key}={(int)s.Value.Handle}")));

        public void Dispose()
        {
            foreach (var (_, socket) in sockets) Check(Control((int)socket.Handle, SetDescriptorFlags, CloseOnExec));
        }
    }
}
