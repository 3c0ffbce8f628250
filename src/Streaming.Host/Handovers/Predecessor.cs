using System.IO.Pipes;
using Streaming.Host.Running;

namespace Streaming.Host.Handovers;

/// <summary>
/// The host that has started this process to take its place, as this process sees it: it is told how far this one is, and tells when to go on.
/// </summary>
internal sealed class Predecessor : IAsyncDisposable
{
    /// <summary>Up to its work: everything is prepared.</summary>
    public const string Prepared = "prepared";

    /// <summary>The predecessor has laid its work down.</summary>
    public const string GoOn = "go on";

    /// <summary>It serves.</summary>
    public const string Serving = "serving";

    private static readonly TimeSpan _release = TimeSpan.FromSeconds(10);

    private readonly StreamReader _in;
    private readonly StreamWriter _out;

    private Predecessor(string input, string output, string sockets)
    {
        _in = new StreamReader(new AnonymousPipeClientStream(PipeDirection.In, input));
        _out = new StreamWriter(new AnonymousPipeClientStream(PipeDirection.Out, output)) { AutoFlush = true };
        Sockets = new ListeningSockets(sockets);
    }

    /// <summary>What it listens on.</summary>
    public ListeningSockets Sockets { get; }

    /// <param name="text">As <see cref="Successor"/> writes it: two pipes and the sockets, separated by semicolons.</param>
    public static Predecessor Of(string text) => text.Split(';') is [var input, var output, var sockets]
        ? new Predecessor(input, output, sockets)
        : throw new StartFailure("--succeed is only for a host that starts its successor.");

    /// <summary>Says that everything is prepared, waits until the work is laid down, and takes the folder.</summary>
    public async Task<FolderLock> TakeFolder(string folder, TimeProvider clock, CancellationToken ct)
    {
        await _out.WriteLineAsync(Prepared.AsMemory(), ct);
        if (await _in.ReadLineAsync(ct) != GoOn) throw new StartFailure("The host that was to be succeeded has thought better of it.");
        for (var began = clock.GetTimestamp(); ;)
        {
            try
            {
                return FolderLock.Take(folder, null);
            }
            catch (StartFailure) when (clock.GetElapsedTime(began) < _release)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, ct);
            }
        }
    }

    /// <summary>Says that this process serves.</summary>
    public Task TellServing(CancellationToken ct) => _out.WriteLineAsync(Serving.AsMemory(), ct);

    /// <summary>Ends when it serves no more, however it ends.</summary>
    public async Task Ended(CancellationToken ct)
    {
        while (await _in.ReadLineAsync(ct) is not null)
        {
            // It has nothing more to say.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _in.Dispose();
        await _out.DisposeAsync();
    }
}
