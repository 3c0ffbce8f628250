using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streaming.HostTests.Fixtures;

/// <summary><c>streaming serve</c> as a process of its own, on an address that it keeps, to be killed, stopped and started again.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly List<string> _errors = [];
    private readonly string[] _more;
    private readonly (string Key, string Value)[] _settings;
    private Process? _process;

    /// <summary>A host, in a folder of its own.</summary>
    public HostProcess(string name, string folder, params (string Key, string Value)[] settings)
        : this(name, Path.Combine(folder, name), ["--set", $"users:operator:email={TestHost.OperatorEmail}", "--set", $"users:operator:password={TestHost.OperatorPassword}"], settings)
    {
    }

    /// <summary>An instance beside a host, on its data.</summary>
    public HostProcess(string name, HostProcess host, string modules)
        : this(name, host.Folder, ["--instance", name, "--modules", modules, "--host", host.Url.ToString()], host._settings)
    {
    }

    private HostProcess(string name, string folder, string[] more, (string Key, string Value)[] settings) => (Name, Folder, _more, _settings) = (name, folder, more, settings);

    public string Name { get; }

    public Uri Url { get; } = FreeUrl();

    public string Folder { get; }

    public int Id => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    private static string Program => Path.Combine(TestContext.CurrentContext.TestDirectory, "streaming.dll");

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task Start()
    {
        _process = Launch([
            "serve", "--data", Folder, "--urls", Url.ToString(), "--set", "telemetry:metrics=off", "--set", "logging:loglevel:default=Warning",
            "--set", "catalog:ingest:reserveBytes=104857600", "--set", "jobs:workers=1", .. _more]);
        using var client = new HttpClient { BaseAddress = Url };
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            Assert.That(_process.HasExited, Is.False, $"{Name} ended by itself: {Errors}");
            Assert.That(since.Elapsed, Is.LessThan(_patience), $"{Name} did not start: {Errors}");
            try
            {
                using var answer = await client.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }
    }

    /// <summary>Runs a command against this host's folder, to its end.</summary>
    public async Task<(int Exit, string Output)> Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments, "--data", Folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Brings the database up to date.</summary>
    public async Task Migrate()
    {
        using var process = Launch(["migrate", "--data", Folder]);
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, Errors);
    }

    /// <summary>Without warning (SIGKILL).</summary>
    public async Task Kill()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>As a service manager does it (SIGTERM); answers with its exit code.</summary>
    public async Task<int> Terminate()
    {
        await Signal("-TERM");
        await _process!.WaitForExitAsync();
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>It keeps its connections and says nothing any more (SIGSTOP).</summary>
    public Task Stop() => Signal("-STOP");

    public Task Continue() => Signal("-CONT");

    public async ValueTask DisposeAsync() => await Kill();

    private string Errors
    {
        get
        {
            lock (_errors) return string.Join('\n', _errors);
        }
    }

    private Process Launch(IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments, .. _settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_errors)
            if (line.Data is not null && _errors.Count < 100) _errors.Add(line.Data);
    }

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static Uri FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
