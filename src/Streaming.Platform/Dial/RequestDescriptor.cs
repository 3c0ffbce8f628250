using System.Reflection;
using Streaming.Kernel;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial;

/// <summary>What is known of a request before anything is sent.</summary>
internal interface IRequestDescriptor
{
    Type Type { get; }

    string Module { get; }

    bool IsQuestion { get; }

    bool IsCommand { get; }

    ContractAttribute? Contract { get; }

    /// <summary>Contract name, or for a request within the module its slice's name.</summary>
    string Name { get; }
}

/// <summary>What is known of a request type before anything is sent.</summary>
internal sealed class RequestDescriptor<TRequest>(string module, bool isCommand) : IRequestDescriptor
{
    public Type Type => typeof(TRequest);

    public string Module { get; } = module;

    public bool IsCommand { get; } = isCommand;

    /// <summary>Whether it says of itself that it changes nothing.</summary>
    public bool IsQuestion { get; } = typeof(TRequest).GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IQuery<>));

    /// <summary>Whether it may simply be made again: a question, and within a module what a slice calls its query.</summary>
    public bool IsRepeatable => IsQuestion || typeof(TRequest).Name == "Query";

    public ContractAttribute? Contract { get; } = typeof(TRequest).GetCustomAttribute<ContractAttribute>();

    public RequiresAttribute? Requires { get; } = typeof(TRequest).GetCustomAttribute<RequiresAttribute>();

    public string Name { get; } = typeof(TRequest).GetCustomAttribute<ContractAttribute>()?.Name
        ?? $"{module}.{typeof(TRequest).DeclaringType?.Name ?? typeof(TRequest).Name}";

    /// <summary>For the choice of its policy.</summary>
    public ContractUse Use => new(Name, Module, Contract?.Policy, Contract?.DeadlineMs ?? 0);
}
