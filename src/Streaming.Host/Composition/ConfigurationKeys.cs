using System.Collections.Frozen;

namespace Streaming.Host.Composition;

/// <summary>
/// The keys that may stand at the top of the configuration, and those below them that nobody else looks at: a mistyped one would
/// otherwise be passed over, and its default hold.
/// </summary>
internal static class ConfigurationKeys
{
    // Below a section without a list, whoever reads it refuses what it does not know; logging takes the names of any categories and writers.
    private static readonly FrozenDictionary<string, string[]?> _known = new Dictionary<string, string[]?>
    {
        ["urls"] = [],
        ["data"] = ["folder", "postgres", "servers", "zone", "consistency", "replicaWaitMs", "replicaLagSeconds"],
        ["telemetry"] = ["metrics", "otlp", "otlpProtocol", "sampleRatio"],
        ["dial"] = ["default", .. StreamingModules.All.Select(m => m.Name)],
        ["instance"] = ["name", "modules", "host", "fault"],
        ["guard"] = ["wayMs", "slowPercent"],
        ["wire"] = ["listen"],
        ["jobs"] = ["workers"],
        ["demo"] = ["enabled"],
        ["gateway"] = null,
        ["resilience"] = null,
        ["logging"] = null,
        ["events"] = null,
        ["cache"] = null,
    }.Concat(StreamingModules.All.Select(m => KeyValuePair.Create(m.Name, (string[]?)null))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="InvalidOperationException">A key is not known; the message names it, and those that there are.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var section in configuration.GetChildren())
        {
            if (!_known.TryGetValue(section.Key, out var below)) throw Unknown(section, _known.Keys.Except(["demo"]));
            if (below is null) continue;
            foreach (var key in section.GetChildren())
                if (!below.Contains(key.Key, StringComparer.OrdinalIgnoreCase)) throw Unknown(key, below);
        }
    }

    private static InvalidOperationException Unknown(IConfigurationSection key, IEnumerable<string> known) =>
        new($"{key.Path} is not known. There are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
}
