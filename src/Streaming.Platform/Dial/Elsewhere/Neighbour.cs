using System.Collections.Frozen;

namespace Streaming.Platform.Dial.Elsewhere;

/// <summary>Another process of the installation, as it says of itself.</summary>
/// <param name="Name">Of an instance, or made from a host's id.</param>
/// <param name="Id">New at every start.</param>
/// <param name="IsInstance">Else it is a host.</param>
/// <param name="Modules">Which modules an instance answers for; empty for a host.</param>
/// <param name="Address">Where it takes requests.</param>
/// <param name="Wire">Where it takes calls to contracts; null where it takes none.</param>
/// <param name="Version">Of its build.</param>
/// <param name="Epoch">The latest decision that it follows.</param>
/// <param name="IsDraining">It is about to stop, and takes nothing new.</param>
public sealed record Neighbour(
    string Name, string Id, bool IsInstance, IReadOnlySet<string> Modules, Uri Address, Uri? Wire, string Version, long Epoch, bool IsDraining)
{
    /// <summary>The contracts that it cannot be asked, with the reasons: it is of another version, and they have changed in between.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Unfit { get; init; } = FrozenDictionary<string, IReadOnlyList<string>>.Empty;
}
