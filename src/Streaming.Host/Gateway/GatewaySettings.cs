using Microsoft.Extensions.Primitives;

namespace Streaming.Host.Gateway;

/// <summary>The gateway's options in force. A change of the configuration takes effect at once; of one that is not right the last good one stays.</summary>
internal sealed partial class GatewaySettings : IDisposable
{
    private readonly IDisposable _watch;
    private GatewayOptions _current;

    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public GatewaySettings(IConfiguration configuration, ILogger<GatewaySettings> log)
    {
        _current = GatewayReading.Read(configuration);
        _watch = ChangeToken.OnChange(configuration.GetReloadToken, () =>
        {
            try
            {
                Volatile.Write(ref _current, GatewayReading.Read(configuration));
            }
            catch (InvalidOperationException wrong)
            {
                KeptLast(log, wrong.Message);
                return;
            }

            Changed?.Invoke();
        });
    }

    /// <summary>Raised after other options have taken effect.</summary>
    public event Action? Changed;

    public GatewayOptions Current => Volatile.Read(ref _current);

    public void Dispose() => _watch.Dispose();

    [LoggerMessage(1, LogLevel.Error, "The gateway's configuration is not right, and the last good one stays: {Reason}")]
    private static partial void KeptLast(ILogger logger, string reason);
}
