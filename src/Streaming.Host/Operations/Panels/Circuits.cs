using Polly.CircuitBreaker;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Operations.Panels;

/// <summary>Dependencies as a person reads them.</summary>
internal static class Circuits
{
    public static string Word(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "probing",
        _ => "isolated",
    };

    /// <summary>Calls, and those of them that were not answered.</summary>
    /// <param name="dependency">Of this one.</param>
    /// <param name="counts">Of length 2.</param>
    public static void Calls(this Dependency dependency, Span<long> counts)
    {
        counts[1] = dependency.Counts.Failed + dependency.Counts.TimedOut + dependency.Counts.WereRefused;
        counts[0] = counts[1] + dependency.Counts.Succeeded;
    }

    public static bool IsDatabase(this Dependency dependency) => dependency.Policy is ResiliencePolicies.DatabaseRead or ResiliencePolicies.DatabaseWrite;
}
