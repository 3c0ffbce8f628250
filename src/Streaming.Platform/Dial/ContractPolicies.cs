using System.Collections.Concurrent;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial;

/// <summary>
/// The policy of each contract: its own, or its module's, or that of all contracts. Each contract has a circuit of its own, so that
/// one question that goes wrong does not silence its whole module.
/// </summary>
internal sealed class ContractPolicies(ResiliencePolicies policies, Dependencies dependencies)
{
    private readonly ConcurrentDictionary<Type, Known> _known = new();

    public Dependency Of<TRequest>(RequestDescriptor<TRequest> descriptor)
    {
        // Other policies may have another name for it: one of its own where there was none.
        var inForce = policies.All;
        if (_known.TryGetValue(typeof(TRequest), out var known) && ReferenceEquals(known.InForce, inForce)) return known.Dependency;

        var policy = policies.Choose(descriptor.Use.Policies);
        var dependency = dependencies.Of(policy, descriptor.Name);
        _known[typeof(TRequest)] = new Known(inForce, dependency);
        return dependency;
    }

    private sealed record Known(object InForce, Dependency Dependency);
}
