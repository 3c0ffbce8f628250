using System.Diagnostics;
using Streaming.Host.Running;

namespace Streaming.Host.Rehearsing;

/// <summary>Another build of this program, looked at before anything depends on it.</summary>
/// <param name="Path">Where it is, from the root.</param>
/// <param name="Version">What it says of itself.</param>
internal sealed record OtherBinary(string Path, string Version)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    /// <exception cref="StartFailure">It is none, or does not run here; the message says why.</exception>
    public static async Task<OtherBinary> Look(string path, CancellationToken ct)
    {
        var whole = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(whole)) throw new StartFailure($"{whole} is a folder. Name the program in it.");
        if (!File.Exists(whole)) throw new StartFailure($"There is no file {whole}.");
        var (exit, said) = await Ask(whole, ["--version"], ct);
        var version = said.Trim();
        if (exit != 0 || version.Length is 0 or > 100 || version.Contains('\n', StringComparison.Ordinal) || !char.IsAsciiDigit(version[0]))
            throw new StartFailure($"{whole} does not say its version as this program does (exit code {exit}): {Short(said)}");
        (exit, said) = await Ask(whole, ["serve", "--help"], ct);
        if (exit != 0 || !said.Contains("--instance", StringComparison.Ordinal))
            throw new StartFailure($"{whole} is version {version}, which cannot stand beside a host. Stop the host and start that version in its place.");
        return new OtherBinary(whole, version);
    }

    /// <summary>Runs a command of it to its end.</summary>
    public static async Task<(int Exit, string Said)> Ask(string path, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                process.StandardInput.Close();
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
                await process.WaitForExitAsync(limit.Token);
                return (process.ExitCode, await output is { Length: > 0 } said ? said : await errors);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                process.Kill();
                throw new StartFailure($"{path} has not answered within {_patience.TotalSeconds:0} s to: {string.Join(' ', arguments)}");
            }
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new StartFailure($"{path} cannot be run: {failure.Message}. Is it a program for this machine, and may it be executed (chmod +x)?", failure);
        }
    }

    private static string Short(string said) => said.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 200)] : "it said nothing.";
}
