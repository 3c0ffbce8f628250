using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Caching;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>What every request has to know of the account behind it.</summary>
/// <param name="Id">The account.</param>
/// <param name="Email">As registered.</param>
/// <param name="Stamp">Sessions that carry another one are over.</param>
/// <param name="Roles">Role names.</param>
/// <param name="Profiles">Age limit by profile.</param>
/// <param name="Sessions">Those that have not ended.</param>
/// <param name="Keys">Those that have not been revoked, by their hash.</param>
internal sealed record KnownAccount(
    Guid Id, string Email, string Stamp, IReadOnlyList<string> Roles, IReadOnlyDictionary<Guid, int> Profiles, IReadOnlySet<Guid> Sessions,
    IReadOnlyDictionary<string, KnownKey> Keys);

/// <param name="Id">By which it may be told in logs and limits.</param>
/// <param name="Role">The highest that it gives.</param>
/// <param name="ExpiresAt">Absent for never.</param>
internal sealed record KnownKey(Guid Id, string Role, DateTimeOffset? ExpiresAt);

/// <summary>
/// Accounts read in the last half minute, in memory of their own: every request asks for one, the zones would be asked a thousand times
/// longer, and addresses and stamps stay out of them. A change made here is seen at once, one made by another host as soon as a zone
/// tells it, or within a second. What is known up to five minutes longer is for <see cref="Last"/> alone.
/// </summary>
internal sealed class KnownAccounts
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LongestWithoutStore = TimeSpan.FromMinutes(5);

    private const int Most = 10_000;
    private const string Prefix = "users:account:";

    private readonly IServiceScopeFactory _scopes;
    private readonly IZoneCache _zones;
    private readonly TimeProvider _clock;
    private readonly CacheUse _use;
    private readonly ConcurrentDictionary<Guid, (KnownAccount Account, long At)> _read = new();
    private readonly ConcurrentDictionary<string, Guid> _keys = new();
    private long _changes;

    public KnownAccounts(IServiceScopeFactory scopes, IZoneCache zones, TimeProvider clock)
    {
        (_scopes, _zones, _clock, _use) = (scopes, zones, clock, zones.Use("users:session"));
        zones.Listen(Prefix, key =>
        {
            if (Guid.TryParseExact(key.AsSpan(Prefix.Length), "N", out var id)) Forget(id);
        });
    }

    /// <summary>The account, or null where there is none.</summary>
    public Task<KnownAccount?> Find(Guid id, CancellationToken ct) => Find(id, Lifetime, ct);

    /// <summary>The same, read again; for whoever misses something in the older answer.</summary>
    public Task<KnownAccount?> FindAgain(Guid id, CancellationToken ct) => Find(id, TimeSpan.Zero, ct);

    /// <summary>The account of a key, by its hash; null where there is none, or none any more.</summary>
    public async Task<(KnownAccount Account, KnownKey Key)?> FindByKey(string hash, CancellationToken ct)
    {
        if (!_keys.TryGetValue(hash, out var id))
        {
            await using var scope = _scopes.CreateAsyncScope();
            id = await scope.ServiceProvider.GetRequiredService<UsersDbContext>().ApiKeys.AsNoTracking()
                .Where(k => k.Hash == hash && k.RevokedAt == null).Select(k => k.AccountId).SingleOrDefaultAsync(ct);
            if (id == Guid.Empty) return null;
            if (_keys.Count >= Most) _keys.Clear();
            _keys[hash] = id;
        }

        if (await Find(id, ct) is not { } account) return null;
        // It may have been made a moment ago by another host.
        if (!account.Keys.ContainsKey(hash)) account = await FindAgain(id, ct) ?? account;
        return account.Keys.TryGetValue(hash, out var key) && !(key.ExpiresAt <= _clock.GetUtcNow()) ? (account, key) : null;
    }

    /// <summary>
    /// The account as it was last read, for playback to go on while the database cannot be asked; null where that is too long ago, or
    /// something of it has changed since.
    /// </summary>
    public KnownAccount? Last(Guid id) =>
        _read.TryGetValue(id, out var known) && _clock.GetElapsedTime(known.At) < LongestWithoutStore ? known.Account : null;

    /// <summary>Forgets it here, and tells the other hosts where there are zones.</summary>
    public async Task Changed(Guid id)
    {
        Forget(id);
        await _zones.Remove($"{Prefix}{id:N}", CancellationToken.None);
    }

    public void Forget(Guid id)
    {
        Interlocked.Increment(ref _changes);
        _read.TryRemove(id, out _);
    }

    private async Task<KnownAccount?> Find(Guid id, TimeSpan age, CancellationToken ct)
    {
        if (_read.TryGetValue(id, out var known) && _clock.GetElapsedTime(known.At) < age)
        {
            _use.Hit();
            return known.Account;
        }

        _use.Missed();
        var (changes, at) = (Interlocked.Read(ref _changes), _clock.GetTimestamp());
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDbContext>();
        var row = await db.Accounts.AsNoTracking().AsSplitQuery()
            .Where(a => a.Id == id)
            .Select(a => new
            {
                a.Email,
                a.SecurityStamp,
                a.IsPublisher,
                a.IsOperator,
                Profiles = a.Profiles.Select(p => new { p.Id, p.MaturityLimit }).ToList(),
                Sessions = db.Sessions.Where(s => s.AccountId == a.Id && s.EndedAt == null).Select(s => s.Id).ToList(),
                Keys = db.ApiKeys.Where(k => k.AccountId == a.Id && k.RevokedAt == null).Select(k => new { k.Id, k.Hash, k.Role, k.ExpiresAt }).ToList(),
            })
            .SingleOrDefaultAsync(ct);
        if (row is null) return null;

        var account = new KnownAccount(
            id, row.Email!, row.SecurityStamp!, Account.RolesOf(row.IsPublisher, row.IsOperator), row.Profiles.ToDictionary(p => p.Id, p => p.MaturityLimit),
            row.Sessions.ToHashSet(), row.Keys.ToDictionary(k => k.Hash, k => new KnownKey(k.Id, k.Role, k.ExpiresAt)));
        if (_read.Count >= Most) _read.Clear();
        // What was read before somebody changed something must not outlive the change.
        _read[id] = (account, at);
        if (Interlocked.Read(ref _changes) != changes) _read.TryRemove(id, out _);
        return account;
    }
}
