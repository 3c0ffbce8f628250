using Microsoft.Extensions.Logging;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial.Instances;

/// <summary>
/// Every instance that this process knows, once, whichever modules it serves: a process is well or not as a whole. It outlives changes
/// of the configuration that do not concern it.
/// </summary>
public sealed partial class InstanceSet(Dependencies dependencies, TimeProvider clock, ILogger<InstanceSet> log) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, InstanceAddress[]> _sources = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, Instance> _all = new Dictionary<string, Instance>();

    /// <summary>The comparison that a process without instances pays for a look.</summary>
    public bool IsEmpty => Volatile.Read(ref _all).Count == 0;

    /// <summary>By name.</summary>
    public IReadOnlyList<Instance> All => [.. Volatile.Read(ref _all).Values.OrderBy(i => i.At.Name, StringComparer.Ordinal)];

    /// <summary>From now on exactly these of the source; those known already, and those of other sources, stay as they are.</summary>
    /// <param name="source">Who names them. Where two name one differently, the source that comes first by its name is right.</param>
    /// <param name="addresses">Where they are.</param>
    /// <returns>All of them, of whichever source, by name.</returns>
    public IReadOnlyDictionary<string, Instance> Use(string source, IEnumerable<InstanceAddress> addresses)
    {
        lock (_gate)
        {
            _sources[source] = [.. addresses.Distinct()];
            var before = _all;
            var now = new Dictionary<string, Instance>(StringComparer.Ordinal);
            foreach (var at in _sources.Values.SelectMany(s => s))
            {
                if (now.ContainsKey(at.Name)) continue;
                if (before.GetValueOrDefault(at.Name) is { } known && known.At == at)
                {
                    now[at.Name] = known;
                    continue;
                }

                now[at.Name] = new Instance(at, dependencies.Of(ResiliencePolicies.Instance, at.Name), before.Count > 0, clock);
                now[at.Name].Turned += Tell;
            }

            Volatile.Write(ref _all, now);
            foreach (var gone in before.Keys.Where(name => !now.ContainsKey(name))) dependencies.Forget(ResiliencePolicies.Instance, gone);
            return now;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var instance in _all.Values) instance.Dispose();
    }

    private void Tell(Instance instance, string? reason)
    {
        if (reason is null) Joined(log, instance.At.Name, instance.At.Address);
        else PutOut(log, instance.At.Name, instance.At.Address, reason);
    }

    [LoggerMessage(1, LogLevel.Information, "Instance {Name} ({Address}) is in use")]
    private static partial void Joined(ILogger logger, string name, Uri address);

    [LoggerMessage(2, LogLevel.Warning, "Instance {Name} ({Address}) gets nothing until it is well again: {Reason}")]
    private static partial void PutOut(ILogger logger, string name, Uri address, string reason);
}
