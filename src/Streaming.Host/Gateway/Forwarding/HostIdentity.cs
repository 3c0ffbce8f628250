namespace Streaming.Host.Gateway.Forwarding;

/// <summary>This process among the others: new at every start, so that a host knows itself whatever its addresses are.</summary>
internal sealed class HostIdentity
{
    public string Id { get; } = Guid.CreateVersion7().ToString("N");
}
