using Polly.CircuitBreaker;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Operations.Panels;

/// <summary>Circuits as a person reads them.</summary>
internal static class Circuits
{
    public static string Word(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "probing",
        _ => "isolated",
    };

    public static bool IsDatabase(this Dependency dependency) => dependency.Policy is ResiliencePolicies.DatabaseRead or ResiliencePolicies.DatabaseWrite;
}
