using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Consistency;

/// <summary>
/// The level of every request: what <c>data:consistency:{name}</c> says, else its contract, else by its kind. What does not say of itself
/// that it is a question is taken for an order.
/// </summary>
internal sealed class ConsistencyLevels
{
    public const string Section = "data:consistency";

    private readonly FrozenDictionary<string, ConsistencyLevel> _levels;

    /// <exception cref="InvalidOperationException">A name or a level is not known; the message names the key.</exception>
    public ConsistencyLevels(IConfiguration configuration, IEnumerable<IRequestDescriptor> requests)
    {
        var known = requests.DistinctBy(r => r.Name).ToDictionary(r => r.Name, StringComparer.OrdinalIgnoreCase);
        var levels = known.ToDictionary(r => r.Key, r => Default(r.Value), StringComparer.Ordinal);
        var configured = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in configuration.GetSection(Section).GetChildren())
        {
            if (!known.TryGetValue(section.Key, out var request))
                throw new InvalidOperationException($"{section.Path}: there is no contract {section.Key}. There are {string.Join(", ", known.Values.Where(r => r.Contract is not null).Select(r => r.Name).Order(StringComparer.Ordinal))}.");
            levels[request.Name] = Parse(section);
            configured.Add(request.Name);
        }

        _levels = levels.ToFrozenDictionary(StringComparer.Ordinal);
        All = [.. known.Values.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => new RequestLevel(
            r.Name, r.IsQuestion ? "question" : "order", levels[r.Name].Text(), configured.Contains(r.Name) ? $"{Section}:{r.Name}" : r.Contract is { Consistency: not ConsistencyLevel.ByKind } ? "contract" : "kind"))];
    }

    public IReadOnlyList<RequestLevel> All { get; }

    public ConsistencyLevel Of(IRequestDescriptor request) => _levels.TryGetValue(request.Name, out var level) ? level : Default(request);

    private static ConsistencyLevel Default(IRequestDescriptor request) => request.Contract?.Consistency switch
    {
        ConsistencyLevel.ByKind or null => request.IsQuestion ? ConsistencyLevel.LocalQuorum : ConsistencyLevel.Quorum,
        { } said => said,
    };

    private static ConsistencyLevel Parse(IConfigurationSection section) => section.Value?.ToLowerInvariant().Replace('_', '-') switch
    {
        "one" => ConsistencyLevel.One,
        "local-quorum" => ConsistencyLevel.LocalQuorum,
        "quorum" => ConsistencyLevel.Quorum,
        _ => throw new InvalidOperationException($"{section.Path} is '{section.Value}'; it takes one, local-quorum or quorum."),
    };
}

/// <summary>The level of a request.</summary>
/// <param name="Name">The contract's name, or of a request within a module its slice's.</param>
/// <param name="Kind">question or order.</param>
/// <param name="Level">one, local-quorum or quorum.</param>
/// <param name="From">Who says so: a configuration key, contract, or kind.</param>
public sealed record RequestLevel(string Name, string Kind, string Level, string From);

internal static class LevelText
{
    public static string Text(this ConsistencyLevel level) => level switch
    {
        ConsistencyLevel.One => "one",
        ConsistencyLevel.LocalQuorum => "local-quorum",
        ConsistencyLevel.Quorum => "quorum",
        _ => "by-kind",
    };
}
