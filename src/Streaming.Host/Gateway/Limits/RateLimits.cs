using System.Collections.Frozen;

namespace Streaming.Host.Gateway.Limits;

/// <summary>The limits in force with their buckets. A change of the configuration takes effect at once; what has been used up stays so.</summary>
internal sealed class RateLimits : IDisposable
{
    private readonly GatewaySettings _settings;
    private readonly ITokenStore? _store;
    private readonly TimeProvider _clock;
    private Snapshot _now;

    public RateLimits(GatewaySettings settings, TimeProvider clock, ITokenStore? store = null)
    {
        (_settings, _clock, _store) = (settings, clock, store);
        _now = Make(settings.Current.Limits, null);
        settings.Changed += Reread;
    }

    public IReadOnlyList<Limited> All => Volatile.Read(ref _now).All;

    /// <summary>Those that hold for every request: by address, or by who has signed in.</summary>
    public Limited[] Everywhere(bool byAddress) => byAddress ? Volatile.Read(ref _now).Address : Volatile.Read(ref _now).Caller;

    /// <summary>The limit that a route names.</summary>
    /// <exception cref="InvalidOperationException">There is none of this name.</exception>
    public Limited Named(string name) => Volatile.Read(ref _now).ByName.TryGetValue(name, out var limited)
        ? limited
        : throw new InvalidOperationException($"A route is bounded by the limit '{name}', which gateway:limits does not have.");

    public void Dispose() => _settings.Changed -= Reread;

    private void Reread() => Volatile.Write(ref _now, Make(_settings.Current.Limits, _now));

    private Snapshot Make(RateLimitOptions options, Snapshot? before)
    {
        var all = options.All.Select(limit =>
            before is not null && before.Partitions == options.Partitions && before.ByName.TryGetValue(limit.Name, out var known)
                ? known.Limit == limit ? known : new Limited(limit, known.Buckets, _store)
                : new Limited(limit, new TokenBuckets(options.Partitions, _clock), _store)).ToArray();
        return new Snapshot(
            options.Partitions,
            all,
            [.. all.Where(l => l.Limit is { HoldsEverywhere: true, By: LimitedBy.Address })],
            [.. all.Where(l => l.Limit is { HoldsEverywhere: true, By: not LimitedBy.Address })],
            all.ToFrozenDictionary(l => l.Limit.Name, StringComparer.OrdinalIgnoreCase));
    }

    private sealed record Snapshot(int Partitions, Limited[] All, Limited[] Address, Limited[] Caller, FrozenDictionary<string, Limited> ByName);
}
