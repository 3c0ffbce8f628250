using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Dial.Elsewhere;

namespace Streaming.Platform.Dial.Guarding;

/// <summary>Why a guard has taken a module's calls back into its process.</summary>
/// <param name="Dial">What was in force.</param>
/// <param name="Reason">In words.</param>
/// <param name="Numbers">What it has seen.</param>
public sealed record TurnBack(ModuleDial Dial, string Reason, GuardReport Numbers);

/// <summary>
/// Watches what becomes of calls that the dial has sent elsewhere, beside those that stayed here at the same time, and takes them all back
/// where they fare worse: at once in this process, without asking anybody; then whoever listens tells the others.
/// </summary>
public sealed partial class DialGuard
{
    private readonly ConcurrentDictionary<string, ModuleGuard> _modules = new(StringComparer.Ordinal);
    private readonly DialBoard _board;
    private readonly GuardOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<DialGuard> _log;

    /// <summary>Watches for one process.</summary>
    public DialGuard(DialBoard board, GuardOptions options, TimeProvider clock, ILogger<DialGuard> log) => (_board, _options, _clock, _log) = (board, options, clock, log);

    /// <summary>Raised once a decision that was taken back. Never under a lock.</summary>
    public event Action<TurnBack>? TurnedBack;

    /// <summary>What it has seen of a module since its dial was turned last; null where nothing.</summary>
    public GuardReport? Report(string module) => _modules.GetValueOrDefault(module)?.Report;

    internal void Note(ModuleDial dial, Way? way, bool hasFailed, TimeSpan took, int slowMs) => Note(dial, new CallOutcome(way is not null, hasFailed, IsSlow(took, slowMs) && way is not { IsCold: true }, took)
    {
        Lost = way is { IsCold: true, IsLate: true } ? null : way?.Fault,
        IsLate = way is { IsLate: true },
    });

    /// <summary>Whether that is longer than it may be, here or there.</summary>
    /// <param name="took">How long it was.</param>
    /// <param name="slowMs">What counts as slow without any way, in milliseconds.</param>
    public bool IsSlow(TimeSpan took, int slowMs) => took.TotalMilliseconds > slowMs + _options.WayMs;

    /// <summary>Something that the dial has decided about has ended.</summary>
    /// <param name="dial">By which decision.</param>
    /// <param name="call">What has become of it.</param>
    public void Note(ModuleDial dial, in CallOutcome call)
    {
        // What is detached is meant to have nowhere to come back to.
        if (dial.Mode == DialMode.Detached) return;
        var guard = _modules.GetOrAdd(dial.Module, static (_, made) => new ModuleGuard(made._clock, made._options.SlowPercent / 100), (_clock, _options));
        if (guard.Note(dial.Epoch, call) is not { } reason) return;
        _board.Hold(dial);
        Held(_log, dial.Module, reason);
        TurnedBack?.Invoke(new TurnBack(dial, reason, guard.Report));
    }

    [LoggerMessage(1, LogLevel.Warning, "Calls to {Module} run in this process again: {Reason}")]
    private static partial void Held(ILogger logger, string module, string reason);
}
