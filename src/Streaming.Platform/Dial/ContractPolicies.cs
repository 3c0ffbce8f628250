using System.Collections.Concurrent;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial;

/// <summary>
/// The policy of each contract: its own, or its module's, or that of all contracts. Each contract has a circuit of its own, so that
/// one question that goes wrong does not silence its whole module.
/// </summary>
internal sealed class ContractPolicies(ResiliencePolicies policies, Dependencies dependencies)
{
    private readonly ConcurrentDictionary<Type, Dependency> _known = new();

    public Dependency Of<TRequest>(RequestDescriptor<TRequest> descriptor) => _known.TryGetValue(typeof(TRequest), out var known)
        ? known
        : _known.GetOrAdd(typeof(TRequest), _ => dependencies.Of(policies.Choose(descriptor.Contract?.Policy ?? descriptor.Name, descriptor.Name, descriptor.Module, ResiliencePolicies.Contract), descriptor.Name));
}
