using System.Collections.Concurrent;
using System.Collections.Frozen;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// The pools in force: of the configuration's instances, and for modules of which it names none those of the registered ones, as far as the
/// dial sends anybody there. A change keeps every instance that it does not concern, with all that is known of it.
/// </summary>
internal sealed class ForwardingPools : IDisposable
{
    private readonly ConcurrentDictionary<string, PoolMemory> _memories = new();
    private readonly Lock _gate = new();
    private readonly GatewaySettings _settings;
    private readonly Neighbours _neighbours;
    private readonly DialBoard _dial;
    private readonly InstanceSet _instances;
    private readonly Chance _chance;
    private readonly TimeProvider _clock;
    private FrozenDictionary<string, ModulePool> _pools = FrozenDictionary<string, ModulePool>.Empty;

    public ForwardingPools(GatewaySettings settings, InstanceSet instances, Neighbours neighbours, DialBoard dial, Chance chance, TimeProvider clock)
    {
        (_settings, _instances, _neighbours, _dial, _chance, _clock) = (settings, instances, neighbours, dial, chance, clock);
        Use();
        settings.Changed += Use;
        neighbours.Changed += Use;
        dial.Turned += Use;
    }

    /// <summary>The comparison that a host without instances pays a request.</summary>
    public bool IsEmpty => Volatile.Read(ref _pools).Count == 0;

    public IReadOnlyList<ModulePool> All => [.. Volatile.Read(ref _pools).Values.OrderBy(p => p.Module, StringComparer.Ordinal)];

    /// <summary>Null where the module is served here and nowhere else.</summary>
    public ModulePool? Of(string module) => Volatile.Read(ref _pools).GetValueOrDefault(module);

    public void Dispose()
    {
        _settings.Changed -= Use;
        _neighbours.Changed -= Use;
        _dial.Turned -= Use;
    }

    private void Use()
    {
        lock (_gate)
        {
            var options = _settings.Current;
            var instances = _instances.Use("configured", options.Forwarding.Modules.SelectMany(m => m.Instances));
            var pools = options.Forwarding.Modules.Where(m => m.Instances.Count > 0).Select(m => new ModulePool(
                m,
                new InstancePool(options.Region, [.. m.Instances.Select(i => instances[i.Name])], TimeSpan.FromSeconds(m.Section.RampSeconds), _chance),
                Memory(m.Module))).ToDictionary(p => p.Module);
            foreach (var module in _neighbours.All.SelectMany(n => n.Modules).Distinct().Where(m => !pools.ContainsKey(m)))
                if (Dialled(module, options.Forwarding) is { } pool) pools[module] = pool;
            Volatile.Write(ref _pools, pools.ToFrozenDictionary());
        }
    }

    private ModulePool? Dialled(string module, ForwardingOptions options)
    {
        var dial = _dial.Of(module);
        if (dial.Elsewhere == 0 || _neighbours.InstancesOf(module) is not { } instances) return null;
        var section = options.Modules.FirstOrDefault(m => m.Module == module)?.Section ?? new ModuleSection();
        return new ModulePool(new ModuleForwarding(module, new StickyShare(module, dial.Elsewhere), [.. instances.Instances.Select(i => i.At)], section), instances, Memory(module)) { Dial = dial };
    }

    private PoolMemory Memory(string module) => _memories.GetOrAdd(module, _ => new PoolMemory(_clock));
}
