namespace Streaming.Kernel;

/// <summary>Declares a request as a contract: callable from other modules, in this process or another.</summary>
/// <param name="name">Stable dotted name, <c>module.subject</c>, lower case with hyphens; never reused.</param>
/// <param name="version">From 1; raised only by a change that is not additive.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ContractAttribute(string name, int version) : Attribute
{
    /// <summary>Stable dotted name, such as <c>catalog.titles</c>.</summary>
    public string Name { get; } = name;

    /// <summary>From 1.</summary>
    public int Version { get; } = version;

    /// <summary>How long a caller waits at most, in milliseconds. A call never outlives its caller's own deadline less 10 ms.</summary>
    public int DeadlineMs { get; init; } = 1000;

    /// <summary>Above this many milliseconds a call counts as slow.</summary>
    public int SlowMs { get; init; } = 100;
}

/// <summary>Who may send this request. The callee checks it, wherever it runs. Without roles: anybody signed in.</summary>
/// <param name="roles">Any one of these is enough.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresAttribute(params string[] roles) : Attribute
{
    /// <summary>Any one of these is enough; empty means anybody signed in.</summary>
    public IReadOnlyList<string> Roles { get; } = roles;
}
