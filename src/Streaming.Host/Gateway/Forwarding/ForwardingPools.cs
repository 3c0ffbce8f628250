using System.Collections.Concurrent;
using System.Collections.Frozen;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>The pools in force. A change of the configuration keeps every instance that it does not concern, with all that is known of it.</summary>
internal sealed class ForwardingPools : IDisposable
{
    private readonly ConcurrentDictionary<string, PoolMemory> _memories = new();
    private readonly GatewaySettings _settings;
    private readonly InstanceSet _instances;
    private readonly Chance _chance;
    private readonly TimeProvider _clock;
    private FrozenDictionary<string, ModulePool> _pools = FrozenDictionary<string, ModulePool>.Empty;

    public ForwardingPools(GatewaySettings settings, InstanceSet instances, Chance chance, TimeProvider clock)
    {
        (_settings, _instances, _chance, _clock) = (settings, instances, chance, clock);
        Use();
        settings.Changed += Use;
    }

    /// <summary>The comparison that a host without instances pays a request.</summary>
    public bool IsEmpty => Volatile.Read(ref _pools).Count == 0;

    public IReadOnlyList<ModulePool> All => [.. Volatile.Read(ref _pools).Values.OrderBy(p => p.Module, StringComparer.Ordinal)];

    /// <summary>Null where the module is served here and nowhere else.</summary>
    public ModulePool? Of(string module) => Volatile.Read(ref _pools).GetValueOrDefault(module);

    public void Dispose() => _settings.Changed -= Use;

    private void Use()
    {
        var options = _settings.Current;
        var instances = _instances.Use(options.Forwarding.Modules.SelectMany(m => m.Instances));
        Volatile.Write(ref _pools, options.Forwarding.Modules.Where(m => m.Instances.Count > 0).ToFrozenDictionary(m => m.Module, m => new ModulePool(
            m,
            new InstancePool(options.Region, [.. m.Instances.Select(i => instances[i.Name])], TimeSpan.FromSeconds(m.Section.RampSeconds), _chance),
            _memories.GetOrAdd(m.Module, _ => new PoolMemory(_clock)))));
    }
}
