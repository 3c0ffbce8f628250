using System.Collections.Frozen;
using Streaming.Platform.Dial.Instances;
using Streaming.Platform.Modules;

namespace Streaming.Platform.Dial.Elsewhere;

/// <summary>
/// The other processes of the installation that are alive, and which of them this one calls: a host calls instances, and an instance
/// calls hosts.
/// </summary>
public sealed class Neighbours
{
    private const string Source = "registered";

    // What was started a moment ago is cold, so it gets its whole share little by little.
    private static readonly TimeSpan _ramp = TimeSpan.FromSeconds(5);

    private readonly ProcessRole _role;
    private readonly InstanceSet _instances;
    private readonly Chance _chance;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, PoolPace> _paces = new(StringComparer.Ordinal);
    private Known _known = new([], FrozenDictionary<string, WirePool>.Empty, null);

    internal Neighbours(ProcessRole role, InstanceSet instances, Chance chance, TimeProvider clock) => (_role, _instances, _chance, _clock) = (role, instances, chance, clock);

    /// <summary>Raised after they have changed. Never under a lock.</summary>
    public event Action? Changed;

    /// <summary>All of them.</summary>
    public IReadOnlyList<Neighbour> All => Volatile.Read(ref _known).All;

    /// <summary>Those that serve the module and take something new.</summary>
    public IEnumerable<Neighbour> Serving(string module) => All.Where(n => n is { IsInstance: true, IsDraining: false } && n.Modules.Contains(module));

    /// <summary>The instances that serve a module, and how they fare; null where there are none.</summary>
    public InstancePool? InstancesOf(string module) => Volatile.Read(ref _known).Pools.GetValueOrDefault(module)?.Instances;

    /// <summary>The processes that this one calls for a module; null where there are none.</summary>
    internal WirePool? PoolOf(string module)
    {
        var known = Volatile.Read(ref _known);
        return _role.Instance is null ? known.Pools.GetValueOrDefault(module) : known.Hosts;
    }

    /// <summary>From now on these. By one thread at a time.</summary>
    internal void Use(IReadOnlyList<Neighbour> all)
    {
        if (_known.All.SequenceEqual(all)) return;
        // Requests are forwarded by hosts to instances; calls go to whoever this process calls.
        var callable = all.Where(n => n is { Wire: not null, IsDraining: false } && n.IsInstance == _role.Instance is null).ToArray();
        var instances = _instances.Use(Source, callable.Select(n => new InstanceAddress(n.Name, n.Address, "", n.Wire)));
        WirePool Pool(string name, Neighbour[] serving) =>
            new(new InstancePool("", [.. serving.Select(n => instances[n.Name])], _ramp, _chance), Pace(name), serving.Where(n => n.Unfit.Count > 0).ToFrozenDictionary(n => n.Name, n => n.Unfit.Keys.ToFrozenSet()));
        var pools = callable.SelectMany(n => n.Modules).Distinct().ToFrozenDictionary(m => m, m => Pool(m, [.. callable.Where(n => n.Modules.Contains(m))]));
        Volatile.Write(ref _known, new Known(all, pools, _role.Instance is not null && callable.Length > 0 ? Pool("", callable) : null));
        Changed?.Invoke();
    }

    private PoolPace Pace(string name)
    {
        if (!_paces.TryGetValue(name, out var pace)) _paces[name] = pace = new PoolPace(_clock);
        return pace;
    }

    private sealed record Known(IReadOnlyList<Neighbour> All, FrozenDictionary<string, WirePool> Pools, WirePool? Hosts);
}

/// <summary>The processes that calls of a module may go to.</summary>
/// <param name="Instances">Them, and how they fare.</param>
/// <param name="Pace">How many further attempts they can bear.</param>
/// <param name="Unfit">By process, the contracts that it cannot be asked.</param>
internal sealed record WirePool(InstancePool Instances, PoolPace Pace, FrozenDictionary<string, FrozenSet<string>> Unfit)
{
    /// <summary>Whether one of them understands the contract, well or not.</summary>
    public bool Fits(string contract)
    {
        if (Unfit.Count == 0) return true;
        foreach (var instance in Instances.Instances)
            if (!Unfit.TryGetValue(instance.At.Name, out var unfit) || !unfit.Contains(contract)) return true;
        return false;
    }

    /// <summary>One that understands the contract; null where none is left.</summary>
    public Instance? Choose(string contract, List<Instance> tried)
    {
        while (Instances.Choose(tried) is { } instance)
        {
            if (instance.At.Wire is not null && !(Unfit.Count > 0 && Unfit.TryGetValue(instance.At.Name, out var unfit) && unfit.Contains(contract))) return instance;
            tried.Add(instance);
        }

        return null;
    }
}
