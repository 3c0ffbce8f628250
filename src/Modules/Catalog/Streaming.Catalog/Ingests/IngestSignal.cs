using Hangfire;

namespace Streaming.Catalog.Ingests;

/// <summary>Tells that there is work, to whoever does it, and that something has changed, to whoever watches.</summary>
internal sealed class IngestSignal(IBackgroundJobClient jobs)
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change.</summary>
    public Task NextChange => Volatile.Read(ref _changed).Task;

    public void Changed() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public void Work()
    {
        Changed();
        // Which file is next is decided when there is time for it, not in the order of these jobs.
        jobs.Enqueue<IngestWorker>(worker => worker.Work(CancellationToken.None));
    }
}
