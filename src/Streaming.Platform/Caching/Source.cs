namespace Streaming.Platform.Caching;

/// <summary>
/// The bulkhead before whatever the values are made from: so many at once, and no longer than this. A cache that is suddenly empty must not
/// become a load that the source was never built for.
/// </summary>
internal sealed class Source(SourceOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Concurrency);
    private long _loads;
    private long _failed;
    private long _refreshes;
    private long _joined;
    private int _active;
    private int _waiting;
    private int _mostActive;

    public SourceReport Report() => new(
        Volatile.Read(ref _loads), Volatile.Read(ref _failed), Volatile.Read(ref _refreshes), Volatile.Read(ref _joined),
        Volatile.Read(ref _active), Volatile.Read(ref _waiting), Volatile.Read(ref _mostActive), options.Concurrency);

    public void Joined() => Interlocked.Increment(ref _joined);

    public void Refreshing() => Interlocked.Increment(ref _refreshes);

    public async Task<T?> Load<T, TState>(Func<TState, CancellationToken, ValueTask<T?>> factory, TState state, CancellationToken stopping) where T : class
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _places.WaitAsync(stopping);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        Entered();
        using var late = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            return await factory(state, either.Token);
        }
        catch (Exception failure)
        {
            Interlocked.Increment(ref _failed);
            if (failure is OperationCanceledException && late.IsCancellationRequested)
                throw new TimeoutException($"The source of a cached value took longer than cache:source:timeoutMs, {options.TimeoutMs} ms.", failure);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private void Entered()
    {
        Interlocked.Increment(ref _loads);
        var active = Interlocked.Increment(ref _active);
        for (var most = Volatile.Read(ref _mostActive); active > most; most = Volatile.Read(ref _mostActive))
            if (Interlocked.CompareExchange(ref _mostActive, active, most) == most) return;
    }
}
