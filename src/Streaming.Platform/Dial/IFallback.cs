using Streaming.Kernel;

namespace Streaming.Platform.Dial;

/// <summary>
/// What stands in for a question's answer where its module fails or is left alone, and no last good answer is there. It runs on the caller's side and
/// asks nothing of that module.
/// </summary>
/// <typeparam name="TRequest">The question.</typeparam>
/// <typeparam name="T">The answer's shape.</typeparam>
public interface IFallback<in TRequest, T>
{
    /// <summary>An answer, or null where there is none either. The call's rules have not been checked.</summary>
    Task<Fallback<T>?> Answer(TRequest request, Caller caller, CancellationToken cancellationToken);
}

/// <summary>An answer that stands in for another.</summary>
/// <typeparam name="T">Its shape.</typeparam>
/// <param name="Name">What it is, as the header <c>Streaming-Fallback</c> says it: lower case with hyphens.</param>
/// <param name="Answer">The answer.</param>
public sealed record Fallback<T>(string Name, T Answer);

/// <summary>Names of what stands in for answers everywhere.</summary>
public static class Fallback
{
    /// <summary>The header that says so.</summary>
    public const string Header = "Streaming-Fallback";

    /// <summary>The last good answer to the same question.</summary>
    public const string LastGood = "last-good";
}
