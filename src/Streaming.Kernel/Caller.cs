namespace Streaming.Kernel;

/// <summary>On whose behalf a call is made. It travels with every call and is all that a callee knows of its caller.</summary>
/// <param name="Subject">The account, or null for anonymous callers and for the system itself.</param>
/// <param name="Roles">Role names, lower case.</param>
/// <param name="Attributes">Further facts by name; the module that owns a name publishes it in its contracts.</param>
public sealed record Caller(Guid? Subject, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>The role of work that nobody asked for: jobs, relays, start-up.</summary>
    public const string SystemRole = "system";

    /// <summary>Nobody in particular.</summary>
    public static readonly Caller Anonymous = new(null, [], new Dictionary<string, string>());

    /// <summary>The platform itself, in jobs and event handlers.</summary>
    public static readonly Caller System = new(null, [SystemRole], new Dictionary<string, string>());

    /// <summary>True for an account that has signed in and for the system.</summary>
    public bool IsKnown => Subject is not null || IsIn(SystemRole);

    /// <summary>Whether the caller holds the role; the system holds them all.</summary>
    public bool IsIn(string role)
    {
        foreach (var held in Roles)
            if (held == role || held == SystemRole)
                return true;
        return false;
    }
}
