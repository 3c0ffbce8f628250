using System.Collections.Frozen;
using Npgsql;

namespace Streaming.Platform.Data.Moving;

/// <summary>In which database each module's rows are, as this process knows it; and the gate at which those wait who come while that changes.</summary>
public sealed class DataHomes
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(3);

    private readonly DataOptions _data;
    private readonly TimeProvider _clock;
    private FrozenDictionary<string, Home> _homes = FrozenDictionary<string, Home>.Empty;

    /// <summary>For one process.</summary>
    public DataHomes(DataOptions data, TimeProvider clock) => (_data, _clock) = (data, clock);

    /// <summary>The latest change that is followed.</summary>
    public long Epoch { get; private set; }

    /// <summary>Whether anything is about to change.</summary>
    internal bool IsBrief { get; private set; }

    /// <summary>Whether the module's rows are in a database of their own.</summary>
    /// <param name="module">The module.</param>
    public bool IsApart(string module) => Volatile.Read(ref _homes).TryGetValue(module, out var home) && home.Connection is not null;

    /// <summary>Where to connect to for the module, once that may be done; null for the installation's database.</summary>
    internal async ValueTask<string?> Enter(string module, CancellationToken ct)
    {
        if (!Volatile.Read(ref _homes).TryGetValue(module, out var home)) return null;
        for (var began = _clock.GetTimestamp(); home.Opened is { } opened && _clock.GetElapsedTime(began) < _longest; home = Volatile.Read(ref _homes).GetValueOrDefault(module) ?? Home.Here)
            await Task.WhenAny(opened, Task.Delay(_longest, _clock, ct));
        ct.ThrowIfCancellationRequested();
        return home.Connection;
    }

    /// <summary>The same for whoever cannot wait.</summary>
    internal string? Of(string module) => Volatile.Read(ref _homes).GetValueOrDefault(module)?.Connection;

    internal void Follow(long epoch, IReadOnlyList<(string Module, MovePhase Phase, string Target)> moves)
    {
        if (epoch <= Epoch) return;
        var before = Volatile.Read(ref _homes);
        Volatile.Write(ref _homes, moves.ToFrozenDictionary(m => m.Module, m => new Home(m.Phase.IsThere ? Pooled(m.Target) : null, m.Phase.IsFenced), StringComparer.Ordinal));
        (Epoch, IsBrief) = (epoch, moves.Any(m => m.Phase.IsBrief));
        foreach (var home in before.Values) home.Open();
    }

    // What limits the pool of the installation's database holds there too, unless it says so itself.
    private string Pooled(string target)
    {
        var (wanted, ours) = (new NpgsqlConnectionStringBuilder(target), new NpgsqlConnectionStringBuilder(_data.Postgres));
        if (!wanted.ContainsKey("Maximum Pool Size")) wanted.MaxPoolSize = ours.MaxPoolSize;
        return wanted.ConnectionString;
    }

    private sealed class Home(string? connection, bool isFenced)
    {
        private readonly TaskCompletionSource? _opened = isFenced ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

        public static Home Here { get; } = new(null, false);

        public string? Connection => connection;

        /// <summary>Ends with the next change; null where nobody has to wait.</summary>
        public Task? Opened => _opened?.Task;

        public void Open() => _opened?.TrySetResult();
    }
}
