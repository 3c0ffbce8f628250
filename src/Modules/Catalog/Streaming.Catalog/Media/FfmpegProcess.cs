using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>How far an encode is: media time written, and media seconds per second.</summary>
internal readonly record struct EncodeProgress(TimeSpan Encoded, double Speed);

internal sealed record FfmpegExit(int Code, string Output, string ErrorTail);

/// <summary>One run of ffmpeg or ffprobe, without a shell. Whoever starts it also waits for it or disposes of it, which ends its whole tree.</summary>
internal sealed class FfmpegProcess : IAsyncDisposable
{
    private const int OutputLimit = 16 * 1024 * 1024;
    private readonly Process _process;
    private readonly StderrTail _stderr = new();
    private readonly Task<string> _output;
    private readonly Task _errors;
    private readonly Task _input;

    private FfmpegProcess(Process process, Action<EncodeProgress>? progress, Func<Stream, CancellationToken, Task>? input)
    {
        _process = process;
        (Id, StartedAt) = (process.Id, process.StartTime);
        _output = progress is null ? ReadOutputAsync() : ReadProgressAsync(progress);
        _errors = ReadErrorsAsync();
        _input = input is null ? Task.CompletedTask : FeedAsync(input);
    }

    /// <summary>Of encodes: below everything that somebody waits for.</summary>
    public static ProcessPriorityClass Background => ProcessPriorityClass.BelowNormal;

    /// <summary>Of what may not even hold up an encode.</summary>
    public static ProcessPriorityClass Idle => ProcessPriorityClass.Idle;

    public int Id { get; }

    /// <summary>Together with the pid it names the process even after the pid was given to another one.</summary>
    public DateTimeOffset StartedAt { get; }

    public bool HasExited => _process.HasExited;

    public static Result<FfmpegProcess> Start(
        string program, IEnumerable<string> arguments, Action<EncodeProgress>? progress = null,
        Func<Stream, CancellationToken, Task>? input = null, ProcessPriorityClass priority = ProcessPriorityClass.Normal)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start)!;
            if (priority != ProcessPriorityClass.Normal) Lower(process, priority);
            if (input is null) process.StandardInput.Close();
            return new FfmpegProcess(process, progress, input);
        }
        catch (Win32Exception)
        {
            return MediaErrors.Missing(program);
        }
    }

    /// <summary>Starts, waits, and answers what it printed. Cancelling ends it.</summary>
    public static async Task<Result<FfmpegExit>> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken ct,
        Func<Stream, CancellationToken, Task>? input = null, ProcessPriorityClass priority = ProcessPriorityClass.Normal)
    {
        if (!Start(program, arguments, input: input, priority: priority).TryGet(out var process, out var error)) return error;
        await using (process) return await process.WaitAsync(ct);
    }

    /// <summary>Ends a process that an earlier life of this host left behind, if pid, start and name all still fit.</summary>
    public static bool EndOrphan(int id, DateTimeOffset startedAt)
    {
        try
        {
            using var orphan = Process.GetProcessById(id);
            // The kernel counts starts in ticks since boot, so two readings of one start differ by a fraction of a second.
            var same = (new DateTimeOffset(orphan.StartTime) - startedAt).Duration() < TimeSpan.FromSeconds(2);
            if (!same || !orphan.ProcessName.StartsWith("ff", StringComparison.Ordinal)) return false;
            orphan.Kill(entireProcessTree: true);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    public async Task<FfmpegExit> WaitAsync(CancellationToken ct)
    {
        try
        {
            await _process.WaitForExitAsync(ct);
            await Task.WhenAll(_output, _errors, _input).WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            await EndAsync();
            throw;
        }
        return new FfmpegExit(_process.ExitCode, await _output, _stderr.ToString());
    }

    public async Task EndAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Task.WhenAll(_output, _errors, _input);
        _process.Dispose();
    }

    private static void Lower(Process process, ProcessPriorityClass priority)
    {
        try { process.PriorityClass = priority; }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException) { /* it has ended already, or the system does not allow it */ }
    }

    private async Task<string> ReadOutputAsync()
    {
        var text = new System.Text.StringBuilder();
        var buffer = new char[8192];
        for (int read; (read = await _process.StandardOutput.ReadAsync(buffer)) > 0;)
            if (text.Length < OutputLimit) text.Append(buffer, 0, read);
        return text.ToString();
    }

    private async Task<string> ReadProgressAsync(Action<EncodeProgress> progress)
    {
        var (encoded, speed) = (TimeSpan.Zero, 0d);
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split('=', 2) is not [var key, var value]) continue;
            if (key == "out_time_us" && long.TryParse(value, CultureInfo.InvariantCulture, out var us)) encoded = TimeSpan.FromMicroseconds(us);
            else if (key == "speed" && double.TryParse(value.TrimEnd('x'), CultureInfo.InvariantCulture, out var x)) speed = x;
            else if (key == "progress") progress(new EncodeProgress(encoded, speed));
        }
        return "";
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line) _stderr.Add(line);
    }

    private async Task FeedAsync(Func<Stream, CancellationToken, Task> input)
    {
        try
        {
            await using var stdin = _process.StandardInput.BaseStream;
            await input(stdin, CancellationToken.None);
        }
        catch (IOException) { /* it has read enough and closed its end; its exit code tells the rest */ }
    }
}
