namespace Streaming.Host.Rehearsing;

/// <summary>What is done to the instance while it has a quarter of the callers, to see what that does to viewers.</summary>
internal enum Injection
{
    None,

    /// <summary>Its process is killed.</summary>
    Kill,

    /// <summary>It is 200 ms slower with everything.</summary>
    Slow,

    /// <summary>One call in a hundred fails.</summary>
    Errors,

    /// <summary>It accepts and answers nothing any more.</summary>
    Hang,

    /// <summary>It is of another version: its contracts have changed.</summary>
    Skew,
}

/// <summary>How the move of modules is rehearsed.</summary>
/// <param name="Modules">Which; all of them take each step together.</param>
/// <param name="Binary">The program that they move to; null for another process of this one.</param>
/// <param name="Step">How long each step takes at least.</param>
/// <param name="LeastCalls">How many calls the instance has to have answered in a step of a quarter or more before the next.</param>
/// <param name="Patience">How long a step waits for them; after that the rehearsal ends without a verdict on more.</param>
/// <param name="Load">Requests a second that the rehearsal makes itself; 0 for the traffic that there is.</param>
/// <param name="Injection">What is done on purpose.</param>
internal sealed record RehearsalPlan(IReadOnlyList<string> Modules, OtherBinary? Binary, TimeSpan Step, int LeastCalls, TimeSpan Patience, int Load, Injection Injection)
{
    /// <summary>The instance's name, and the report's.</summary>
    public string Name => Modules.Count == 1 ? Modules[0] : "all";

    /// <summary>For people.</summary>
    public string Title => Modules.Count == 1 ? Modules[0] : "all modules";

    /// <summary>The shares, in percent; before the first nothing but copies are sent.</summary>
    public static IReadOnlyList<decimal> Shares { get; } = [1, 5, 25, 50, 100];

    /// <summary>The share at which something is done on purpose.</summary>
    public const decimal InjectedAt = 25;

    /// <summary>How many calls the instance has to have answered at a share: fewer below a quarter, where hardly anybody is.</summary>
    public int CallsAt(decimal share) => Math.Max(1, (int)(LeastCalls * Math.Min(1, share / InjectedAt)));

    /// <summary>Evidence against the instance that keeps it from the next step.</summary>
    public const double MostDoubt = 10;
}
