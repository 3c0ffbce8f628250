using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Streaming.Platform.Data;

namespace Streaming.Users.Accounts;

/// <summary>
/// Makes <see cref="KnownAccounts"/> forget every account whose rows have changed, whoever changed them; only once they are committed,
/// since forgetting any sooner could bring back what was there before.
/// </summary>
internal sealed class AccountChanges(KnownAccounts known, DatabaseSharing sharing, TimeProvider clock) : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, HashSet<Guid>> _changed = [];

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var entries = eventData.Context!.ChangeTracker.Entries().Where(e => e.State is EntityState.Modified or EntityState.Deleted or EntityState.Added).ToList();
        foreach (var entry in entries)
            if (AccountOf(entry.Entity) is { } id) _changed.GetOrCreateValue(eventData.Context).Add(id);
        // Beside the change and with it, for the other processes on this database, where there are any.
        if (sharing.IsShared && _changed.TryGetValue(eventData.Context, out var accounts))
            eventData.Context.AddRange(accounts.Select(id => new AccountChange { Id = Guid.CreateVersion7(), AccountId = id, At = clock.GetUtcNow() }));
        return ValueTask.FromResult(result);
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context!.Database.CurrentTransaction is null) await Forget(eventData.Context);
        return result;
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        Forget(eventData.Context!);

    private static Guid? AccountOf(object entity) => entity switch
    {
        Account account => account.Id,
        Profile profile => profile.AccountId,
        SessionEntry session => session.AccountId,
        ApiKey key => key.AccountId,
        _ => null,
    };

    private async Task Forget(DbContext context)
    {
        if (!_changed.TryGetValue(context, out var accounts)) return;
        _changed.Remove(context);
        foreach (var id in accounts) await known.Changed(id);
    }
}
