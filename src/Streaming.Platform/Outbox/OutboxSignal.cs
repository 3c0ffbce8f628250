using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Streaming.Platform.Outbox;

/// <summary>Wakes the relay as soon as something has been committed, and knows what that was.</summary>
internal sealed class OutboxSignal : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StrongBox<Guid>? _latest;

    /// <summary>The event that this process has committed last; null before the first.</summary>
    public Guid? Latest => Volatile.Read(ref _latest)?.Value;

    public Task Next => _committed.Task;

    public void Reset() => Interlocked.Exchange(ref _committed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Wake() => _committed.TrySetResult();

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Note(eventData.Context);
        Wake();
        return Task.CompletedTask;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context?.Database.CurrentTransaction is null) Note(eventData.Context);
        // One that is still inside a transaction only costs the relay a look; the commit wakes it again.
        Wake();
        return ValueTask.FromResult(result);
    }

    private void Note(DbContext? context)
    {
        if (context?.ChangeTracker.Entries<OutboxMessage>().LastOrDefault() is { State: EntityState.Unchanged } written)
            Volatile.Write(ref _latest, new StrongBox<Guid>(written.Entity.Id));
    }
}
