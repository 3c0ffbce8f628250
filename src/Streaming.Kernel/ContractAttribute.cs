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

    /// <summary>The policy of calls, by its name; otherwise the one of the contract's own name, of its module, or of all contracts.</summary>
    public string? Policy { get; init; }

    /// <summary>
    /// For so many seconds the last good answer to the same question stands in where the callee fails or is left alone. 0, the default,
    /// for never; without effect on orders.
    /// </summary>
    public int StaleSeconds { get; init; }

    /// <summary>
    /// The caller's attributes by which answers differ, beside its roles: others with the same ones may be given the same last answer.
    /// Absent, the default, where answers are each caller's own.
    /// </summary>
    public string[]? StaleApart { get; init; }

    /// <summary>How many copies of the data must agree, where there are several; an installation may say otherwise.</summary>
    public ConsistencyLevel Consistency { get; init; }
}

/// <summary>Who may send this request. The callee checks it, wherever it runs. Without roles: anybody signed in.</summary>
/// <param name="roles">Any one of these is enough.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresAttribute(params string[] roles) : Attribute
{
    /// <summary>Any one of these is enough; empty means anybody signed in.</summary>
    public IReadOnlyList<string> Roles { get; } = roles;
}
