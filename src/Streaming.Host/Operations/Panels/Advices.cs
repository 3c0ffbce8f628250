using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>What to do about each kind of alert; docs/operations/observing.md says the same at more length.</summary>
internal static class Advices
{
    public static readonly Advice Objective = new(
        "Look which routes fail (panel Routes, sorted by errors) and what they call (panel Dependencies). If it began with a change, take the change back first and look for the cause afterwards: "
        + "'streaming config restore' for a setting, the file before for a version.", "observing.md");

    public static readonly Advice Errors = new(
        "Sort the panel Routes by errors: one route points at its module, all of them at the database or the machine. The log has each failure with its trace id.", "observing.md");

    public static readonly Advice Circuit = new(
        "What is behind it has failed too often and is left alone; its fallback answers, and it closes by itself when a probe succeeds. If it stays, look at what it calls. Isolate it for a repair that takes longer.",
        "resilience.md");

    public static readonly Advice DatabaseCircuit = new(
        "The database does not answer. Is its server up, its disk full, its connection limit reached? The host finds it again by itself within seconds of its return.", "resilience.md");

    public static readonly Advice Isolated = new("Somebody isolated it by hand. When the work on it is done, press Close.", "resilience.md");

    public static readonly Advice Shedding = new(
        "There is more to do than can be done in time, and the least important is refused. Is one route slow, or one client greedy? If the traffic is real, add hosts; if it ends, nothing has to be done.", "limits.md");

    public static readonly Advice LimitStore = new(
        "The Redis that the hosts share their limits through does not answer. Each host keeps to its share of every limit meanwhile; start that Redis again.", "limits.md");

    public static readonly Advice Zone = new(
        "Viewers notice nothing, for the other zones answer. Look at that zone's Redis: is it running, out of memory, out of reach? It is read again by itself once it has what it missed.", "cache.md");

    public static readonly Advice AllZones = new(
        "Every value comes from the databases now, a bounded number at once. Bring one zone back; the others can wait.", "cache.md");

    public static readonly Advice Instance = new(
        "It failed its probes or too many requests, and nothing is sent to it; the others, or this host, answer instead. Look at that process; it is let in again by itself once it answers.", "forwarding.md");

    public static readonly Advice Unfit = new(
        "It is of another version, and these contracts have changed in between. They are carried out here, and nothing fails. Run the same version there, or give the changed contract a new version.", "extraction.md");

    public static readonly Advice TurnedBack = new(
        "Nothing has to be done for viewers: its calls run in this process. The panel Decisions has the numbers; the instance's log has the cause. It stays home for ten minutes, longer each further time.", "extraction.md");

    public static readonly Advice Differs = new(
        "Viewers get this process's answers. The panel Placements names the contract and the member; 'streaming dial --json' has both values.", "extraction.md");

    public static readonly Advice Retained = new(
        "A server keeps its log until the other side of a move has read it, and that fills its disk. Is the other side up, and does it reach this one? Else end the move: 'streaming move-data MODULE --back', '--abort' or '--complete'.", "moving-data.md");

    public static readonly Advice MoveStuck = new(
        "It is tried again by itself. 'streaming move-data' shows how far it is; before the sides are changed '--abort' takes everything away again.", "moving-data.md");

    public static readonly Advice Database = new(
        "The database cannot be reached, or its tables are of another version. Start it; or run 'streaming migrate' with this version.", "running.md");

    public static readonly Advice Servers = new(
        "What can be answered is answered meanwhile; a write at quorum may be refused. The text beside it says which server and why. If the primary is gone, promote a standby: the hosts follow by themselves.", "consistency.md");

    public static readonly Advice Disk = new(
        "Uploads and encodes wait until 2 GiB are free, and go on by themselves. Delete what is not needed below objects/ by deleting titles, or give the volume more room.", "running.md");

    public static readonly Advice Configuration = new(
        "'streaming config' shows what it says and what is wrong with it. Mend the file, or take the last one that was right back: 'streaming config history', 'streaming config restore'.", "limits.md#changing-it-while-it-runs");

    public static readonly Advice Encoder = new("New files cannot be taken in; everything else works. Install ffmpeg and ffprobe, or name them in the settings.", "running.md");

    public static readonly Advice Events = new(
        "'streaming events' lists them with the error. Mend its cause, then send them again with 'streaming events retry'; a handler takes each event once, however often it is sent.", "running.md");

    public static readonly Advice Jobs = new(
        "A job failed and is not tried again by Hangfire; the work itself is a row and is queued again at the next start. The log tells why it failed.", "running.md");

    public static readonly Advice Ingest = new("Open the file in Studio: it says what is wrong with it, and has the button that makes sense.", "running.md");

    public static readonly Advice Check = new("The text beside it says what is missing. The log of the last minutes may say more.", "running.md");

    public static readonly Advice Silent = new("What is asked in the background has not been answered within 10 s. If the database or the machine is in trouble, this ends with it.", "observing.md");

    public static readonly Advice Processor = new(
        "The machine has no time left. Encodes run at low priority and are not the cause; look at requests a second and at the slowest routes. Add a host, or a larger machine.", "observing.md");

    public static readonly Advice Memory = new(
        "Nearly all memory that this process may use is in use. Lower cache:local:maxBytes, or give it more; a restart helps for a while and loses nothing.", "observing.md");

    public static readonly Advice Pauses = new("Collecting garbage holds everybody up. It comes with memory that is nearly full, or with very many requests at once.", "observing.md");
}
