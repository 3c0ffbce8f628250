using System.Reflection;
using Streaming.Kernel;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial;

/// <summary>What is known of a request type before anything is sent.</summary>
internal sealed class RequestDescriptor<TRequest>(string module, bool isCommand)
{
    public string Module { get; } = module;

    public bool IsCommand { get; } = isCommand;

    public ContractAttribute? Contract { get; } = typeof(TRequest).GetCustomAttribute<ContractAttribute>();

    public RequiresAttribute? Requires { get; } = typeof(TRequest).GetCustomAttribute<RequiresAttribute>();

    /// <summary>Contract name, or for a request within the module its slice's name.</summary>
    public string Name { get; } = typeof(TRequest).GetCustomAttribute<ContractAttribute>()?.Name
        ?? $"{module}.{typeof(TRequest).DeclaringType?.Name ?? typeof(TRequest).Name}";

    /// <summary>For the choice of its policy.</summary>
    public ContractUse Use => new(Name, Module, Contract?.Policy, Contract?.DeadlineMs ?? 0);
}
