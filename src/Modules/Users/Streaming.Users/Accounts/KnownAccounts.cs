using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>What every request has to know of the account behind it.</summary>
/// <param name="Id">The account.</param>
/// <param name="Email">As registered.</param>
/// <param name="Stamp">Sessions that carry another one are over.</param>
/// <param name="Roles">Role names.</param>
/// <param name="Profiles">Age limit by profile.</param>
internal sealed record KnownAccount(
    Guid Id, string Email, string Stamp, IReadOnlyList<string> Roles, IReadOnlyDictionary<Guid, int> Profiles);

/// <summary>
/// Accounts read in the last half minute. A change made here is seen at once, one made by another process within that time.
/// </summary>
internal sealed class KnownAccounts(IServiceScopeFactory scopes, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<Guid, (KnownAccount Account, long At)> _read = new();
    private long _changes;

    /// <summary>The account, or null where there is none.</summary>
    public Task<KnownAccount?> Find(Guid id, CancellationToken ct) => Find(id, Lifetime, ct);

    /// <summary>The same, read again; for whoever misses something in the older answer.</summary>
    public Task<KnownAccount?> FindAgain(Guid id, CancellationToken ct) => Find(id, TimeSpan.Zero, ct);

    public void Forget(Guid id)
    {
        Interlocked.Increment(ref _changes);
        _read.TryRemove(id, out _);
    }

    private async Task<KnownAccount?> Find(Guid id, TimeSpan age, CancellationToken ct)
    {
        if (_read.TryGetValue(id, out var known) && clock.GetElapsedTime(known.At) < age) return known.Account;

        var (changes, at) = (Interlocked.Read(ref _changes), clock.GetTimestamp());
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<UsersDbContext>().Accounts.AsNoTracking()
            .Where(a => a.Id == id)
            .Select(a => new
            {
                a.Email,
                a.SecurityStamp,
                a.IsPublisher,
                a.IsOperator,
                Profiles = a.Profiles.Select(p => new { p.Id, p.MaturityLimit }).ToList(),
            })
            .SingleOrDefaultAsync(ct);
        if (row is null) return null;

        var account = new KnownAccount(
            id, row.Email!, row.SecurityStamp!, Account.RolesOf(row.IsPublisher, row.IsOperator), row.Profiles.ToDictionary(p => p.Id, p => p.MaturityLimit));
        if (_read.Count >= Most) _read.Clear();
        // What was read before somebody changed something must not outlive the change.
        _read[id] = (account, at);
        if (Interlocked.Read(ref _changes) != changes) _read.TryRemove(id, out _);
        return account;
    }
}
