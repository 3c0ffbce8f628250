using Streaming.Host.Running;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Dial.Decisions;
using Streaming.Platform.Modules;

namespace Streaming.Host.Handovers;

/// <summary>How far a host is with handing over.</summary>
internal enum HandoverState
{
    /// <summary>Nobody has asked for it.</summary>
    None,

    /// <summary>The successor prepares itself.</summary>
    Preparing,

    /// <summary>The work is laid down, and the successor takes it up.</summary>
    HandingOver,

    /// <summary>The successor serves, and this host ends what is under way.</summary>
    Leaving,

    /// <summary>The successor did not come up, and this host goes on as before.</summary>
    Failed,
}

/// <summary>
/// Puts another build in this host's place without a connection refused: the successor prepares itself, this host lays down the work that
/// only one may do, the successor takes it up and accepts connections from the same queues, and this host ends what is under way. Up to the
/// last step a successor that fails changes nothing: the work is taken up again here.
/// </summary>
internal sealed partial class Handover(
    ListeningSockets sockets, HostWorkSwitch work, ProcessRole role, DatabaseSharing sharing, ProcessNote note, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Handover> log)
{
    private static readonly TimeSpan _prepare = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _serve = TimeSpan.FromSeconds(60);

    // Clients hear with their next answer that their connections end, and make new ones; one that asks meanwhile is still answered.
    private static readonly TimeSpan _goodbye = TimeSpan.FromSeconds(2);

    private int _state;

    public HandoverState State => (HandoverState)Volatile.Read(ref _state);

    /// <summary>Why it failed; empty where it did not.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The lock of this host's data folder.</summary>
    public FolderLock? Folder { get; set; }

    /// <summary>Who has taken this host's place; null where nobody has.</summary>
    public Successor? Successor { get; private set; }

    /// <summary>Begins; how it goes on is to be looked for in <see cref="State"/>.</summary>
    /// <param name="binary">The program that takes this one's place.</param>
    public Result<HandoverState> Begin(string binary)
    {
        if (!ListeningSockets.CanBeGiven) return Error.Conflict("not-here", "Listening sockets can be handed over on Linux and macOS only. Stop this host and start the other build in its place.");
        if (role.Instance is not null || Folder is null) return Error.Conflict("no-host", "Only a host that was started with streaming serve hands over.");
        if (State is not (HandoverState.None or HandoverState.Failed)) return Error.Conflict("under-way", "This host hands over already. Wait for how that ends.");
        Set(HandoverState.Preparing);
        _ = Task.Run(() => Run(binary, Folder));
        return State;
    }

    private async Task Run(string binary, FolderLock folder)
    {
        Successor? successor = null;
        try
        {
            successor = Successor.Start(binary, Environment.GetCommandLineArgs().Skip(1), sockets);
            Started(log, binary, successor.Id);
            if (!await successor.Says(Predecessor.Prepared, _prepare, clock)) throw new StartFailure(Why(successor, "prepare itself"));
            Set(HandoverState.HandingOver);
            sharing.IsHandedOver = true;
            await work.LayDown(CancellationToken.None);
            folder.Release();
            await successor.Tell(Predecessor.GoOn);
            if (!await successor.Says(Predecessor.Serving, _serve, clock)) throw new StartFailure(Why(successor, "serve"));
        }
        catch (Exception failure)
        {
            await TakeBack(successor, folder, failure);
            return;
        }

        note.IsOver = true;
        Successor = successor;
        Set(HandoverState.Leaving);
        HandedOver(log, successor.Id);
        await Task.Delay(_goodbye, clock, CancellationToken.None);
        lifetime.StopApplication();
    }

    private async Task TakeBack(Successor? successor, FolderLock folder, Exception failure)
    {
        if (successor is not null) await successor.DisposeAsync();
        Reason = failure.Message;
        NotHandedOver(log, failure.Message);
        if (State == HandoverState.HandingOver)
        {
            try
            {
                folder.Retake();
                await work.TakeUp(CancellationToken.None);
            }
            catch (Exception worse)
            {
                // Without its work this host is none; whoever supervises it starts it again.
                NotTakenUp(log, worse);
                lifetime.StopApplication();
            }
        }

        sharing.IsHandedOver = false;
        Set(HandoverState.Failed);
    }

    private void Set(HandoverState state) => Volatile.Write(ref _state, (int)state);

    private static string Why(Successor successor, string verb) =>
        $"The other build did not {verb}{(successor.HasEnded ? ": it ended" : " in time")}. What it said is in this host's output. This host goes on.";

    [LoggerMessage(1, LogLevel.Information, "{Binary} is to take this host's place, as process {Id}")]
    private static partial void Started(ILogger logger, string binary, int id);

    [LoggerMessage(2, LogLevel.Information, "Process {Id} has taken this host's place; what is under way here ends")]
    private static partial void HandedOver(ILogger logger, int id);

    [LoggerMessage(3, LogLevel.Error, "This host is not succeeded: {Reason}")]
    private static partial void NotHandedOver(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Critical, "The work that was laid down cannot be taken up again, so this host stops")]
    private static partial void NotTakenUp(ILogger logger, Exception failure);
}
