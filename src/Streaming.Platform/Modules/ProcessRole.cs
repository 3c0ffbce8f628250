using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;

namespace Streaming.Platform.Modules;

/// <summary>
/// What this process is among those of its installation: a host, which has every module and the work that nobody waits for, or an
/// instance, which answers the calls to some modules and leaves the rest to the hosts.
/// </summary>
public sealed class ProcessRole
{
    private const int LongestName = 40;

    private readonly FrozenSet<string> _modules;

    private ProcessRole(string? instance, IEnumerable<string> modules) => (Instance, _modules) = (instance, modules.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>A host.</summary>
    public static ProcessRole Host { get; } = new(null, []);

    /// <summary>The instance's name; null for a host.</summary>
    public string? Instance { get; }

    /// <summary>Which modules an instance answers for; empty for a host, which answers for all.</summary>
    public IReadOnlySet<string> Modules => _modules;

    /// <summary>Whether calls to the module are carried out by this process, whatever is known of others.</summary>
    public bool Serves(string module) => Instance is null || _modules.Contains(module);

    /// <summary>Reads <c>instance:name</c> and <c>instance:modules</c>; a host where there is neither.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="known">The modules that there are.</param>
    /// <exception cref="InvalidOperationException">They do not fit together; the message says how they should.</exception>
    public static ProcessRole From(IConfiguration configuration, IReadOnlyCollection<string> known)
    {
        var (name, list) = (configuration["instance:name"], configuration["instance:modules"]);
        if (string.IsNullOrEmpty(name) && string.IsNullOrEmpty(list)) return Host;
        if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(list))
            throw new InvalidOperationException("An instance has a name and modules: --modules catalog --instance catalog-1. Leave both out for a host.");
        if (name.Length > LongestName || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new InvalidOperationException($"instance:name is '{name}'; it takes up to {LongestName} lower-case letters, digits and hyphens.");
        var modules = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (modules.FirstOrDefault(m => !known.Contains(m)) is { } unknown)
            throw new InvalidOperationException($"instance:modules: there is no module '{unknown}'. There are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
        return new ProcessRole(name, modules);
    }
}
