using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Kernel;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Modules;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial.Decisions;

/// <summary>
/// Keeps this process with the others: follows what is decided, twice a second, tells of itself, and makes known what its guard has taken
/// back. While the database does not answer everything stays as it is. An instance that is stopped first sends its callers away.
/// </summary>
internal sealed partial class DialFollower(
    DialDecisions decisions, ProcessRegister register, ProcessRole role, DialBoard board, DialGuard guard, Neighbours neighbours, WireGate gate, TimeProvider clock, ILogger<DialFollower> log)
    : BackgroundService, IHostedLifecycleService
{
    private const string Guard = "guard";
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);

    // Callers look twice a second, and a look takes a moment.
    private static readonly TimeSpan _seen = TimeSpan.FromMilliseconds(1200);
    private static readonly TimeSpan _acknowledged = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _underWay = TimeSpan.FromSeconds(10);

    /// <summary>Before anything is served: what was decided before this start holds from the first call on.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        guard.TurnedBack += MakeKnown;
        try
        {
            await decisions.Follow(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            NotFollowed(log, failure.Message);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Before anything of the process stops: where it is the last instance of a module the module comes home, everybody hears of it, and what
    /// is under way ends.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        guard.TurnedBack -= MakeKnown;
        if (role.Instance is not { } name) return;
        try
        {
            await register.TellDraining(cancellationToken);
            var epoch = 0L;
            foreach (var module in role.Modules.Where(m => board.Of(m).Elsewhere > 0 && !neighbours.Serving(m).Any()))
            {
                var turned = await decisions.Turn(new DialTurn(module, DialMode.InProcess, 0, name, "the last instance that serves it is being stopped"), cancellationToken);
                if (turned.TryGet(out var dial, out _)) epoch = Math.Max(epoch, dial.Epoch);
            }

            await Task.Delay(_seen, clock, cancellationToken);
            for (var began = clock.GetTimestamp(); neighbours.All.Any(n => !n.IsInstance && n.Epoch < epoch) && clock.GetElapsedTime(began) < _acknowledged;)
                await Task.Delay(_beat / 5, clock, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Callers find out by being refused, and carry it out themselves.
            NotTold(log, failure.Message);
        }

        if (!await gate.Drain(_underWay, clock)) NotDrained(log, gate.Inside);
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await register.Leave(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            NotTold(log, failure.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_beat, clock);
        for (var beat = 0; await timer.WaitForNextTickAsync(stoppingToken); beat++)
        {
            try
            {
                await decisions.Follow(stoppingToken);
                await register.Look(stoppingToken);
                if (beat % 2 == 0 || role.Instance is null) await register.Tell(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (beat % 20 == 0) NotFollowed(log, failure.Message);
            }
        }
    }

    private void MakeKnown(TurnBack back) => _ = Publish(back);

    private async Task Publish(TurnBack back)
    {
        try
        {
            var turned = await decisions.Turn(
                new DialTurn(back.Dial.Module, DialMode.InProcess, 0, Guard, back.Reason) { Replaces = back.Dial.Epoch, Numbers = back.Numbers, IsTurnBack = true }, CancellationToken.None);
            // That somebody has decided in between is as well: what they have decided has a guard of its own.
            if (turned.IsError && turned.Error!.Kind != ErrorKind.Conflict) NotTold(log, turned.Error.Message);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            NotTold(log, failure.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "What is decided about where modules run cannot be followed at the moment, so everything stays as it is: {Reason}")]
    private static partial void NotFollowed(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The other processes could not be told: {Reason}")]
    private static partial void NotTold(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Calls} calls are still under way, and are broken off")]
    private static partial void NotDrained(ILogger logger, int calls);
}
