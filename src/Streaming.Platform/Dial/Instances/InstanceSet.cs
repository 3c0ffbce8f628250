using Microsoft.Extensions.Logging;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial.Instances;

/// <summary>
/// Every instance that this process knows, once, whichever modules it serves: a process is well or not as a whole. It outlives changes
/// of the configuration that do not concern it.
/// </summary>
public sealed partial class InstanceSet(Dependencies dependencies, TimeProvider clock, ILogger<InstanceSet> log) : IDisposable
{
    private IReadOnlyDictionary<string, Instance> _all = new Dictionary<string, Instance>();

    /// <summary>By name.</summary>
    public IReadOnlyList<Instance> All => [.. Volatile.Read(ref _all).Values.OrderBy(i => i.At.Name, StringComparer.Ordinal)];

    /// <summary>From now on exactly these; those known already stay as they are.</summary>
    public IReadOnlyDictionary<string, Instance> Use(IEnumerable<InstanceAddress> addresses)
    {
        var before = _all;
        var now = new Dictionary<string, Instance>(StringComparer.Ordinal);
        foreach (var at in addresses.Distinct())
        {
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
