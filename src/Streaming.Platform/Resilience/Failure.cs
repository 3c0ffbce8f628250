using Polly;
using Streaming.Kernel;

namespace Streaming.Platform.Resilience;

/// <summary>Which outcomes count against a dependency: not the caller's mistakes, not its impatience, and not work that was shed.</summary>
internal static class Failure
{
    public static bool Is<T>(Outcome<T> outcome) => outcome.Exception switch
    {
        null => outcome.Result is IOutcome { Error: { Kind: ErrorKind.Deadline or ErrorKind.Unavailable, Code: not Error.Shed } },
        OperationCanceledException => false,
        _ => true,
    };
}
