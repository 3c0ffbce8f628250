using Streaming.Kernel;

namespace Streaming.Platform.Outbox;

/// <summary>
/// For a handler of events that also has something to forget: what is forgotten before its changes are committed could be read back as it
/// was before them.
/// </summary>
public interface IAfterCommit<in TEvent> where TEvent : IModuleEvent
{
    /// <summary>Comes after the commit of the handler's changes; more than once where a process ended in between.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="cancellationToken">Ends with the host.</param>
    Task Committed(TEvent happened, CancellationToken cancellationToken);
}
