using Streaming.Kernel;

namespace Streaming.Platform.Dial;

/// <summary>
/// An order's handler that needs answers of other modules. It asks before the transaction begins: a database's write lock must not
/// be held while others work.
/// </summary>
/// <typeparam name="TRequest">The order.</typeparam>
public interface IAsksFirst<in TRequest>
{
    /// <summary>
    /// Asks, and keeps the answers for the handling that follows on the same instance. An error is the order's answer. Not called for
    /// an order that was carried out before: it answers what it answered then, whatever others would say now.
    /// </summary>
    Task<Error?> Ask(TRequest request, CancellationToken cancellationToken);
}
