namespace Streaming.Host.Gateway.Forwarding;

/// <summary>An instance did not do what was asked of it. It is caught where the next one is asked.</summary>
internal sealed class InstanceFault(string message) : Exception(message);
