using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Streaming.Kernel;

namespace Streaming.Platform.Resilience;

/// <summary>
/// Which outcomes count against a dependency: not the caller's mistakes, not its impatience, not what a circuit refused, and not work
/// that was shed. An answer that something behind it is left alone is such a refusal too: counted, it would open a circuit that stays
/// open for another while after the one behind it has closed.
/// </summary>
internal static class Failure
{
    /// <param name="outcome">What came of the call.</param>
    /// <param name="isFault">Which exceptions are the dependency's own fault; absent for all.</param>
    public static bool Is<T>(Outcome<T> outcome, Predicate<Exception>? isFault) => outcome.Exception switch
    {
        null => outcome.Result is IOutcome { Error: { Kind: ErrorKind.Deadline or ErrorKind.Unavailable, Code: not (Error.Shed or Error.LeftAlone) } },
        OperationCanceledException or BrokenCircuitException => false,
        TimeoutRejectedException => true,
        var thrown => isFault is null || isFault(thrown),
    };

    /// <summary>Whether another attempt may do better: a failure, and not one that was already dealt with next to where it happened.</summary>
    public static bool MayBeRepeated<T>(Outcome<T> outcome, Predicate<Exception>? isFault) =>
        Is(outcome, isFault) && outcome.Result is not IOutcome { Error.IsSettled: true };
}
