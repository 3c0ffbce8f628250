namespace Streaming.Platform.Caching;

/// <summary>
/// The bulkhead before whatever the values are made from: so many at once, and no longer than this. A cache that is suddenly empty must not
/// become a load that the source was never built for.
/// </summary>
internal sealed class Source(SourceOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Concurrency);
    /// <summary>A load that another one leads to runs in its place: all places taken by those that wait for another load would be none for that one.</summary>
    private readonly AsyncLocal<Place?> _within = new();

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

    /// <exception cref="TimeoutException">It took longer than it may, with the wait for a place.</exception>
    public async Task<T?> Load<T, TState>(Func<TState, CancellationToken, ValueTask<T?>> factory, TState state, CancellationToken stopping) where T : class
    {
        using var late = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        var place = _within.Value;
        try
        {
            if (place?.TryShare() != true)
            {
                await Wait(either.Token);
                place = new Place();
                Entered();
            }
        }
        catch (OperationCanceledException failure) when (late.IsCancellationRequested)
        {
            throw Late(failure);
        }

        _within.Value = place;
        Interlocked.Increment(ref _loads);
        try
        {
            return await factory(state, either.Token);
        }
        catch (Exception failure)
        {
            Interlocked.Increment(ref _failed);
            if (failure is OperationCanceledException && late.IsCancellationRequested) throw Late(failure);
            throw;
        }
        finally
        {
            if (place.Leave())
            {
                Interlocked.Decrement(ref _active);
                _places.Release();
            }
        }
    }

    public void Dispose() => _places.Dispose();

    /// <summary>Room for one load and what it leads to; free when the last of them has ended, whoever gave up waiting for it before.</summary>
    private sealed class Place
    {
        private int _loads = 1;

        public bool TryShare()
        {
            for (var loads = Volatile.Read(ref _loads); loads > 0;)
            {
                var now = Interlocked.CompareExchange(ref _loads, loads + 1, loads);
                if (now == loads) return true;
                loads = now;
            }

            return false;
        }

        public bool Leave() => Interlocked.Decrement(ref _loads) == 0;
    }

    private async Task Wait(CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _places.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private TimeoutException Late(Exception failure) => new($"The source of a cached value took longer than cache:source:timeoutMs, {options.TimeoutMs} ms.", failure);

    private void Entered()
    {
        var active = Interlocked.Increment(ref _active);
        for (var most = Volatile.Read(ref _mostActive); active > most; most = Volatile.Read(ref _mostActive))
            if (Interlocked.CompareExchange(ref _mostActive, active, most) == most) return;
    }
}
