using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Streaming.Experiments.Flags;

/// <summary>The flags in force: the built-in ones, and over them those of the configuration.</summary>
internal sealed class FlagSet(IOptions<FlagSettings> settings)
{
    private static readonly FlagSettings _builtIn = new()
    {
        ["home-row-order"] = new() { Variants = { ["popular-first"] = 50, ["new-first"] = 50 } },
    };

    private readonly FrozenDictionary<string, Flag> _flags = _builtIn.Where(f => !settings.Value.ContainsKey(f.Key)).Concat(settings.Value)
        .ToFrozenDictionary(f => f.Key, f => new Flag(f.Key, f.Value), StringComparer.Ordinal);

    /// <summary>All flags by key.</summary>
    public IEnumerable<Flag> All => _flags.Values.OrderBy(f => f.Key, StringComparer.Ordinal);

    public Flag? Find(string key) => _flags.GetValueOrDefault(key);
}
