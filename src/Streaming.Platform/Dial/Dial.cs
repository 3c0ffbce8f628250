using System.Globalization;

namespace Streaming.Platform.Dial;

/// <summary>Where and how the calls to a module run.</summary>
public enum DialMode
{
    /// <summary>In this process, in a scope of its own.</summary>
    InProcess,

    /// <summary>
    /// In this process, after request and answer have gone through JSON; what may be retried is run twice. It shows in tests what
    /// would break over a wire.
    /// </summary>
    RoundTrip,

    /// <summary>In this process; a copy of each question goes to an instance, whose answer is compared and thrown away.</summary>
    Shadow,

    /// <summary>A share of the callers in an instance, always the same ones; the others in this process.</summary>
    Canary,

    /// <summary>In an instance; what none answers is carried out in this process.</summary>
    Remote,

    /// <summary>In an instance and nowhere else, as if this process no longer had the module.</summary>
    Detached,
}

/// <summary>A decision about where one module's calls run.</summary>
/// <param name="Module">The module.</param>
/// <param name="Mode">Where and how.</param>
/// <param name="Percent">The share of callers in a canary, 0 to 100 to two decimals; 100 where all are meant, 0 where none are.</param>
/// <param name="Epoch">Raised by every decision of any module, so that whoever follows knows which of two is the later; 0 for what the configuration says.</param>
public sealed record ModuleDial(string Module, DialMode Mode, decimal Percent = 0, long Epoch = 0)
{
    private readonly StickyShare _share = new(Module, Percent);

    /// <summary>The part of the callers that are served elsewhere, 0 to 100.</summary>
    public decimal Elsewhere => Mode switch { DialMode.Canary => Percent, DialMode.Remote or DialMode.Detached => 100, _ => 0 };

    /// <summary>Who is in the canary.</summary>
    public StickyShare Share => _share;

    /// <summary>Whether a call of this context goes to an instance.</summary>
    internal bool IsElsewhere(CallContext context) => Mode switch
    {
        DialMode.Remote or DialMode.Detached => true,
        DialMode.Canary => !_share.IsNothing && (context.Sticky is { } subject ? _share.Has(subject) : _share.Has(context.Caller.Subject ?? Guid.Empty)),
        _ => false,
    };
}

/// <summary>The modes by the names that people write.</summary>
public static class DialWords
{
    /// <summary>All of them, as they are written.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<DialMode>().Select(Of)];

    /// <summary>As it is written.</summary>
    public static string Of(DialMode mode) => mode switch
    {
        DialMode.InProcess => "in-process",
        DialMode.RoundTrip => "round-trip",
        DialMode.Shadow => "shadow",
        DialMode.Canary => "canary",
        DialMode.Remote => "remote",
        _ => "detached",
    };

    /// <summary>For people, with a canary's share.</summary>
    public static string ForPeople(DialMode mode, decimal percent) => mode switch
    {
        DialMode.InProcess => "in process",
        DialMode.Canary => string.Create(CultureInfo.InvariantCulture, $"canary {percent:0.##} %"),
        _ => Of(mode),
    };

    /// <summary>Null where there is no such mode.</summary>
    public static DialMode? Parse(string? word)
    {
        foreach (var mode in Enum.GetValues<DialMode>())
            if (Of(mode) == word) return mode;
        return null;
    }
}
