namespace Streaming.Host.Gateway.Shedding;

/// <summary>Bounds media answers by their number, in all and for one address, and by their bytes a second: their time says nothing about this host.</summary>
internal sealed class MediaGate(GatewaySettings settings, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, int> _byAddress = [];
    private int _underWay;
    private double _credit;
    private long _at = clock.GetTimestamp();

    public int UnderWay
    {
        get
        {
            lock (_gate) return _underWay;
        }
    }

    /// <summary>Whether it may begin; if so, <see cref="Leave"/> has to follow.</summary>
    public bool TryEnter(UInt128 address)
    {
        var options = settings.Current.Media;
        lock (_gate)
        {
            var ofAddress = _byAddress.GetValueOrDefault(address);
            if (_underWay >= options.Connections || ofAddress >= options.ConnectionsPerAddress || !HasCredit(options.BytesPerSecond)) return false;
            _underWay++;
            _byAddress[address] = ofAddress + 1;
            return true;
        }
    }

    public void Leave(UInt128 address, long bytes)
    {
        lock (_gate)
        {
            _underWay--;
            if (_byAddress[address] == 1) _byAddress.Remove(address);
            else _byAddress[address]--;
            _credit -= bytes;
        }
    }

    /// <summary>How many bytes an answer has is known only afterwards, so it is paid for then; the next one waits until the debt is paid off.</summary>
    private bool HasCredit(long bytesPerSecond)
    {
        var now = clock.GetTimestamp();
        _credit = bytesPerSecond == 0 ? 0 : Math.Min(bytesPerSecond, _credit + (clock.GetElapsedTime(_at, now).TotalSeconds * bytesPerSecond));
        _at = now;
        return _credit >= 0;
    }
}
