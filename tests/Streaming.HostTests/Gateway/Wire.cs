using System.Net.Sockets;
using System.Text;

namespace Streaming.HostTests.Gateway;

/// <summary>A connection on which anything can be written, also what no client library would.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private Wire(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<Wire> To(Uri url)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(url.Host, url.Port);
        return new Wire(client);
    }

    public async Task Write(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Everything until the host closes the connection, or until nothing more has come for a while.</summary>
    public async Task<(string Text, bool IsClosed)> Read(double patience = 2)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        while (true)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(patience));
            try
            {
                var read = await _stream.ReadAsync(buffer, limit.Token);
                if (read == 0) return (text.ToString(), true);
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
            catch (OperationCanceledException)
            {
                return (text.ToString(), false);
            }
            catch (IOException)
            {
                return (text.ToString(), true);
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
