namespace Streaming.Platform.Dial.Instances;

/// <summary>
/// The instances that serve one module, seen from one region. A call goes to the own region as far as that can carry it, and there to
/// the less busy of two that chance picks (Mitzenmacher, 2001).
/// </summary>
/// <param name="region">The caller's own.</param>
/// <param name="instances">All of them, well or not.</param>
/// <param name="ramp">How long one that has come back takes to get its whole share.</param>
/// <param name="chance">Randomness.</param>
public sealed class InstancePool(string region, IReadOnlyList<Instance> instances, TimeSpan ramp, Chance chance)
{
    // Envoy's overprovisioning factor: a region carries everything until fewer than 1/1.4 of its instances, 71 %, are well.
    private const double Overprovisioning = 1.4;

    private readonly Instance[] _own = [.. instances.Where(i => i.At.Region == region)];
    private readonly Instance[] _others = [.. instances.Where(i => i.At.Region != region)];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Instance> Instances { get; } = instances;

    /// <summary>Whether something can be expected of them: one is in, or there is none of which nothing is known yet.</summary>
    public bool IsProven
    {
        get
        {
            var isKnown = true;
            foreach (var instance in Instances)
                switch (instance.State)
                {
                    case InstanceState.In: return true;
                    case InstanceState.Unproven: isKnown = false; break;
                }

            return isKnown;
        }
    }

    /// <summary>One to call; null where none is left, since none is well or all have been tried. What is not well is never chosen.</summary>
    public Instance? Choose(IReadOnlyCollection<Instance> tried)
    {
        // Both are asked only where chance has not settled it, since most pools have one region.
        if (_others.Length == 0) return Pick(_own, tried);
        return _own.Length > 0 && chance.Next() < OwnShare()
            ? Pick(_own, tried) ?? Pick(_others, tried)
            : Pick(_others, tried) ?? Pick(_own, tried);
    }

    /// <summary>The part of this pool's calls that an instance can expect now, 0 to 1.</summary>
    public double ShareOf(Instance instance)
    {
        var (own, others) = (Total(_own), Total(_others));
        var ownShare = others == 0 ? 1 : own == 0 ? 0 : OwnShare();
        return instance.Weight(ramp) is > 0 and var weight
            ? instance.At.Region == region ? ownShare * weight / own : (1 - ownShare) * weight / others
            : 0;
    }

    /// <summary>Its weight now, 0 to 1.</summary>
    public double WeightOf(Instance instance) => instance.Weight(ramp);

    private double OwnShare() => _own.Length == 0 ? 0 : Math.Min(1, Overprovisioning * Total(_own) / _own.Length);

    private double Total(Instance[] among)
    {
        var total = 0d;
        foreach (var instance in among) total += instance.Weight(ramp);
        return total;
    }

    private Instance? Pick(Instance[] among, IReadOnlyCollection<Instance> tried)
    {
        if (Draw(among, tried, null) is not { } first) return null;
        // By its weight: one that is coming back is full sooner. With nothing to choose between them the first draw holds, or weights would not count.
        return Draw(among, tried, first) is { } second && second.InFlight / second.Weight(ramp) < first.InFlight / first.Weight(ramp) ? second : first;
    }

    /// <summary>One by chance, the likelier the more it can take on.</summary>
    private Instance? Draw(Instance[] among, IReadOnlyCollection<Instance> tried, Instance? not)
    {
        var total = 0d;
        foreach (var instance in among)
            if (instance != not && !tried.Contains(instance)) total += instance.Weight(ramp);
        if (total <= 0) return null;

        var at = chance.Next() * total;
        Instance? last = null;
        foreach (var instance in among)
        {
            if (instance == not || tried.Contains(instance) || instance.Weight(ramp) is not (> 0 and var weight)) continue;
            last = instance;
            if ((at -= weight) < 0) break;
        }

        return last;
    }
}
