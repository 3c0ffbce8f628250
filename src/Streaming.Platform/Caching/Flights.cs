using System.Collections.Concurrent;

namespace Streaming.Platform.Caching;

/// <summary>One load of a key at a time in this process, which all who ask wait for.</summary>
internal sealed class Flights
{
    private readonly ConcurrentDictionary<string, Flight> _flights = new(StringComparer.Ordinal);

    /// <summary>The load under way, or a new one; <paramref name="began"/> says which.</summary>
    public Task<object?> Join(string key, IReadOnlyList<string> tags, Func<Task<object?>> load, out bool began)
    {
        var mine = new Flight(tags);
        var flight = _flights.GetOrAdd(key, mine);
        began = flight == mine;
        if (began) _ = Fly(key, mine, load);
        return flight.Landed.Task;
    }

    public bool IsFlying(string key) => _flights.ContainsKey(key);

    /// <summary>What was asked of the source before a removal is no answer for whoever asks after it.</summary>
    public void Forget(string key) => _flights.TryRemove(key, out _);

    public void ForgetTagged(string tag)
    {
        foreach (var flight in _flights)
            if (flight.Value.Tags.Contains(tag)) _flights.TryRemove(flight);
    }

    /// <summary>When all loads under way have ended.</summary>
    public Task Settled() => Task.WhenAll(_flights.Values.Select(f => f.Landed.Task.ContinueWith(static _ => { }, TaskScheduler.Default)));

    private async Task Fly(string key, Flight flight, Func<Task<object?>> load)
    {
        try
        {
            var value = await load();
            _flights.TryRemove(new(key, flight));
            flight.Landed.TrySetResult(value);
        }
        catch (Exception failure)
        {
            _flights.TryRemove(new(key, flight));
            flight.Landed.TrySetException(failure);
            _ = flight.Landed.Task.Exception; // seen, also where nobody waits
        }
    }

    private sealed class Flight(IReadOnlyList<string> tags)
    {
        public IReadOnlyList<string> Tags => tags;

        public TaskCompletionSource<object?> Landed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
