using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;

namespace Streaming.Host.Handovers;

/// <summary>
/// The process that takes this host's place: a child that listens on the same sockets. It keeps its output where this one's is.
/// </summary>
internal sealed class Successor : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamReader _from;
    private readonly StreamWriter _to;
    private bool _isLeft;

    private Successor(Process process, Stream from, Stream to) => (_process, _from, _to) = (process, new StreamReader(from), new StreamWriter(to) { AutoFlush = true });

    public bool HasEnded => _process.HasExited;

    public int Id => _process.Id;

    /// <param name="binary">The program.</param>
    /// <param name="arguments">Those that this host was started with.</param>
    /// <param name="sockets">What this host listens on.</param>
    public static Successor Start(string binary, IEnumerable<string> arguments, ListeningSockets sockets)
    {
        var to = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var from = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        try
        {
            using var given = sockets.Give();
            var process = Process.Start(new ProcessStartInfo(binary, [.. arguments, "--succeed", $"{to.GetClientHandleAsString()};{from.GetClientHandleAsString()};{given}"]))!;
            return new Successor(process, from, to);
        }
        catch
        {
            to.Dispose();
            from.Dispose();
            throw;
        }
        finally
        {
            // Then the pipe ends with the child.
            to.DisposeLocalCopyOfClientHandle();
            from.DisposeLocalCopyOfClientHandle();
        }
    }

    /// <summary>Whether it says so within that time; false too where it ends.</summary>
    public async Task<bool> Says(string word, TimeSpan within, TimeProvider clock)
    {
        using var limit = new CancellationTokenSource(within, clock);
        try
        {
            return await _from.ReadLineAsync(limit.Token) == word;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public Task Tell(string word) => _to.WriteLineAsync(word);

    /// <summary>It goes on whatever becomes of this process.</summary>
    public async Task Leave()
    {
        _isLeft = true;
        await _to.DisposeAsync();
    }

    /// <summary>Waits for its end, and hands a signal to stop on to it; answers with its exit code.</summary>
    public async Task<int> Ended(CancellationToken stopped)
    {
        try
        {
            await _process.WaitForExitAsync(stopped);
        }
        catch (OperationCanceledException)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isLeft && !_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _to.DisposeAsync();
        _from.Dispose();
        _process.Dispose();
    }
}
