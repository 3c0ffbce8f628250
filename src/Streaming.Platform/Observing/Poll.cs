using Microsoft.Extensions.Hosting;

namespace Streaming.Platform.Observing;

/// <summary>
/// What cannot be read off memory, such as rows of a database, asked for now and then so that a page or a chart can answer from
/// what was found last. A question that hangs holds up nobody but itself.
/// </summary>
/// <param name="every">How long after one answer the next is asked for.</param>
/// <param name="clock">What time it is.</param>
public abstract class Poll<T>(TimeSpan every, TimeProvider clock) : BackgroundService
    where T : class
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    private T? _last;

    /// <summary>What was found last; absent before the first time, and after one that failed.</summary>
    public T? Last => Volatile.Read(ref _last);

    /// <summary>Asks.</summary>
    protected abstract Task<T> Ask(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The start has better things to do.
        await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(_longest);
            try
            {
                Volatile.Write(ref _last, await Ask(limit.Token).WaitAsync(limit.Token));
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Whoever is asked tells why, on a panel of its own and in the log.
                Volatile.Write(ref _last, null);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
