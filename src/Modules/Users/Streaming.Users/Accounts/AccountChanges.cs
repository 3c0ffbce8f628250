using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Streaming.Users.Accounts;

/// <summary>
/// Makes <see cref="KnownAccounts"/> forget every account whose rows have changed, whoever changed them; only once they are committed,
/// since forgetting any sooner could bring back what was there before.
/// </summary>
internal sealed class AccountChanges(KnownAccounts known) : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, HashSet<Guid>> _changed = [];

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var entries = eventData.Context!.ChangeTracker.Entries().Where(e => e.State is EntityState.Modified or EntityState.Deleted or EntityState.Added);
        foreach (var entry in entries)
            if (entry.Entity switch { Account account => account.Id, Profile profile => profile.AccountId, _ => (Guid?)null } is { } id)
                _changed.GetOrCreateValue(eventData.Context).Add(id);
        return ValueTask.FromResult(result);
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context!.Database.CurrentTransaction is null) Forget(eventData.Context);
        return ValueTask.FromResult(result);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Forget(eventData.Context!);
        return Task.CompletedTask;
    }

    private void Forget(DbContext context)
    {
        if (!_changed.TryGetValue(context, out var accounts)) return;
        _changed.Remove(context);
        foreach (var id in accounts) known.Forget(id);
    }
}
