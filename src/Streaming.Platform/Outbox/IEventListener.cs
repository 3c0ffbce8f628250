using Streaming.Kernel;

namespace Streaming.Platform.Outbox;

/// <summary>
/// Told of events in every process, and not like a handler in one of them, so that it forgets what this process keeps in its memory. Only
/// where several processes share a database and no zone tells them; a singleton.
/// </summary>
public interface IEventListener
{
    /// <summary>The module whose events these are.</summary>
    string Module { get; }

    /// <summary>About half a second after its commit; may come twice, and before or after the event's handlers.</summary>
    /// <param name="happened">Any event of the module.</param>
    /// <param name="cancellationToken">Ends with the host.</param>
    Task Heard(IModuleEvent happened, CancellationToken cancellationToken);
}
