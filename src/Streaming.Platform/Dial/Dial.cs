using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;

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
}

/// <summary>The dial of each module, from the configuration keys <c>dial:{module}</c> and <c>dial:default</c>.</summary>
public sealed class DialSettings
{
    private readonly FrozenDictionary<string, DialMode> _modes;
    private readonly DialMode _default;

    /// <summary>Reads the section <c>dial</c>.</summary>
    /// <exception cref="InvalidOperationException">A value is not a mode; the message names the key.</exception>
    public DialSettings(IConfiguration configuration)
    {
        var modes = configuration.GetSection("dial").GetChildren().ToDictionary(s => s.Key, s => Parse(s.Path, s.Value), StringComparer.OrdinalIgnoreCase);
        _default = modes.Remove("default", out var mode) ? mode : DialMode.InProcess;
        _modes = modes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The mode of a module's calls.</summary>
    public DialMode ModeOf(string module) => _modes.GetValueOrDefault(module, _default);

    private static DialMode Parse(string key, string? value) => value switch
    {
        "in-process" => DialMode.InProcess,
        "round-trip" => DialMode.RoundTrip,
        _ => throw new InvalidOperationException($"{key} is '{value}'; it takes in-process or round-trip."),
    };
}
