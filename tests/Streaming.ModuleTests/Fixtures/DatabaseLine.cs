using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Streaming.ModuleTests.Fixtures;

/// <summary>The way to a PostgreSQL, which can be cut: connections break, and new ones are refused, as when the server has died.</summary>
internal sealed class DatabaseLine : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _behind;
    private readonly ConcurrentBag<TcpClient> _open = [];
    private TcpListener _listener;

    private DatabaseLine(string behind)
    {
        _behind = new NpgsqlConnectionStringBuilder(behind);
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        Connection = new NpgsqlConnectionStringBuilder(behind) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.ToString();
        _ = Accept(_listener);
    }

    public string Connection { get; }

    public static DatabaseLine To(TestDatabase database) => new(database.Postgres ?? throw new InvalidOperationException("Only a PostgreSQL is at the end of a line."));

    public void Cut()
    {
        _listener.Stop();
        foreach (var connection in _open) connection.Dispose();
    }

    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(Connection).Port);
        _listener.Start();
        _ = Accept(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await using var own = new NpgsqlConnection(Connection);
        NpgsqlConnection.ClearPool(own);
    }

    private async Task Accept(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptTcpClientAsync();
                var far = new TcpClient();
                _open.Add(near);
                _open.Add(far);
                await far.ConnectAsync(_behind.Host!, _behind.Port);
                _ = Carry(near, far);
                _ = Carry(far, near);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private static async Task Carry(TcpClient from, TcpClient to)
    {
        using (from)
        using (to)
        {
            try
            {
                await from.GetStream().CopyToAsync(to.GetStream());
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, or one side has hung up.
            }
        }
    }
}
