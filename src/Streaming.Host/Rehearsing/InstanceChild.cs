using System.Diagnostics;
using System.Globalization;

namespace Streaming.Host.Rehearsing;

/// <summary>
/// An instance as a child of this process. It ends when its standard input does, so it never outlives whoever started it, however that
/// ends; and being the last of its module it brings the module home before.
/// </summary>
internal sealed class InstanceChild : IAsyncDisposable
{
    private const int Kept = 40;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Queue<string> _said = new();

    private InstanceChild(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Its processor time since its start; null once it has ended.</summary>
    public TimeSpan? Cpu
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.HasExited ? null : _process.TotalProcessorTime;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    /// <summary>The last that it has said.</summary>
    public string Said
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    /// <param name="program">The binary; null for this one.</param>
    /// <param name="arguments">After <c>serve</c>.</param>
    public static InstanceChild Start(string? program, IEnumerable<string> arguments)
    {
        var own = Environment.ProcessPath!;
        // Run by the dotnet command the program itself is its first argument.
        string[] before = program is null && Path.GetFileNameWithoutExtension(own) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        var start = new ProcessStartInfo(program ?? own, [.. before, "serve", "--tied", .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        return new InstanceChild(Process.Start(start)!);
    }

    public void Kill() => _process.Kill();

    /// <summary>It keeps its connections and answers nothing (SIGSTOP), until <see cref="Resume"/>.</summary>
    public Task Hang() => Signal("-STOP");

    public Task Resume() => Signal("-CONT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Resume();
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(_patience);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_said)
        {
            _said.Enqueue(line.Data);
            if (_said.Count > Kept) _said.Dequeue();
        }
    }

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
