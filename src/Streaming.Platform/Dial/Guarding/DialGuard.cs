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
    private readonly TimeProvider _clock;
    private readonly ILogger<DialGuard> _log;

    /// <summary>Watches for one process.</summary>
    public DialGuard(DialBoard board, TimeProvider clock, ILogger<DialGuard> log) => (_board, _clock, _log) = (board, clock, log);

    /// <summary>Raised once a decision that was taken back. Never under a lock.</summary>
    public event Action<TurnBack>? TurnedBack;

    /// <summary>What it has seen of a module since its dial was turned last; null where nothing.</summary>
    public GuardReport? Report(string module) => _modules.GetValueOrDefault(module)?.Report;

    internal void Note(ModuleDial dial, Way? way, bool hasFailed, bool isSlow, TimeSpan took) =>
        Note(dial, way is not null, way is { IsLost: true }, hasFailed || way?.Fault is not null, isSlow && way is not { IsCold: true }, took);

    /// <summary>Something that the dial has decided about has ended.</summary>
    /// <param name="dial">By which decision.</param>
    /// <param name="isThere">Whether it was for another process.</param>
    /// <param name="isLost">Whether that one gave no answer.</param>
    /// <param name="hasFailed">Whether the answer is a fault of ours.</param>
    /// <param name="isSlow">Whether it took longer than it should.</param>
    /// <param name="took">How long that was.</param>
    public void Note(ModuleDial dial, bool isThere, bool isLost, bool hasFailed, bool isSlow, TimeSpan took)
    {
        // What is detached is meant to have nowhere to come back to.
        if (dial.Mode == DialMode.Detached) return;
        var guard = _modules.GetOrAdd(dial.Module, static (_, clock) => new ModuleGuard(clock), _clock);
        if (guard.Note(dial.Epoch, isThere, isLost, hasFailed, isSlow, took) is not { } reason) return;
        _board.Hold(dial);
        Held(_log, dial.Module, reason);
        TurnedBack?.Invoke(new TurnBack(dial, reason, guard.Report));
    }

    [LoggerMessage(1, LogLevel.Warning, "Calls to {Module} run in this process again: {Reason}")]
    private static partial void Held(ILogger logger, string module, string reason);
}
