using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Streaming.Platform.Outbox;

/// <summary>Wakes the relay as soon as something has been committed.</summary>
internal sealed class OutboxSignal : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => _committed.Task;

    public void Reset() => Interlocked.Exchange(ref _committed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Wake() => _committed.TrySetResult();

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Wake();
        return Task.CompletedTask;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        // One that is still inside a transaction only costs the relay a look; the commit wakes it again.
        Wake();
        return ValueTask.FromResult(result);
    }
}
