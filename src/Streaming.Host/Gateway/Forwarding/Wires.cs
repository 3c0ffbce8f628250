namespace Streaming.Host.Gateway.Forwarding;

/// <summary>Connections to other processes of this binary.</summary>
internal static class Wires
{
    private static readonly TimeSpan _connect = TimeSpan.FromSeconds(1);
    // Well below the two minutes after which the other side closes, or a request meets a connection that is just being closed.
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(10);

    public static SocketsHttpHandler Make() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        // The trace is written where the other headers are.
        ActivityHeadersPropagator = null,
        ConnectTimeout = _connect,
        PooledConnectionIdleTimeout = _idle,
        PooledConnectionLifetime = _life,
    };
}
