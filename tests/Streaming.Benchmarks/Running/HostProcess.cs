using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Streaming.Benchmarks.Running;

/// <summary><c>streaming serve</c> as a process of its own, on a folder and a loopback port, with an operator who can sign in.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    public const string Email = "operator@example.test";
    public const string Password = "a long enough password";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _log;

    private HostProcess(Process process, Uri url, TimeSpan startUp, string log) => (_process, Url, StartUp, _log) = (process, url, startUp, log);

    public Uri Url { get; }

    /// <summary>From the start of the process to its first answer, of its database, disk and encoder being ready.</summary>
    public TimeSpan StartUp { get; }

    public int Id => _process.Id;

    /// <summary>The binary measured: STREAMING_BENCH_HOST, such as a published one, or else the one built beside the benches.</summary>
    public static string Binary => Environment.GetEnvironmentVariable("STREAMING_BENCH_HOST") ?? Path.Combine(AppContext.BaseDirectory, "streaming");

    public static async Task<HostProcess> Start(string folder, CancellationToken ct, params (string Key, string Value)[] settings)
    {
        var url = FreeUrl();
        List<string> arguments =
        [
            "serve", "--data", folder, "--urls", url.ToString(), "--set", "telemetry:metrics=off", "--set", "logging:loglevel:default=Warning",
            "--set", $"users:operator:email={Email}", "--set", $"users:operator:password={Password}", "--set", "catalog:ingest:reserveBytes=104857600",
        ];
        foreach (var (key, value) in settings) arguments.AddRange(["--set", $"{key}={value}"]);

        var log = Path.Combine(folder, $"bench-host-{url.Port}.log");
        Directory.CreateDirectory(folder);
        using var http = new HttpClient { BaseAddress = url };
        var begun = Stopwatch.GetTimestamp();
        var process = Launch(Binary, arguments, log);
        while (true)
        {
            if (process.HasExited) throw new InvalidOperationException($"The host ended by itself: {await File.ReadAllTextAsync(log, ct)}");
            if (Stopwatch.GetElapsedTime(begun) > _patience) throw new TimeoutException($"The host did not answer: {await File.ReadAllTextAsync(log, ct)}");
            try
            {
                using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), ct);
                if (answer.IsSuccessStatusCode) return new HostProcess(process, url, Stopwatch.GetElapsedTime(begun), log);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(5, ct);
        }
    }

    /// <summary>A program whose output goes to a file, through the shell's redirection so that nobody has to read it.</summary>
    public static Process Launch(string program, IEnumerable<string> arguments, string log) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$0\" \"$@\" >'{log}' 2>&1", program, .. arguments]))!;

    public static Uri FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    /// <summary>A client with the session's cookie, as a browser has it.</summary>
    public async Task<HttpClient> SignedIn(CancellationToken ct, string email = Email, string password = Password)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = Url };
        using var answer = await client.PostAsJsonAsync("/api/users/sign-in", new { email, password }, ct);
        await answer.Expect(HttpStatusCode.OK, ct);
        return client;
    }

    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    public async ValueTask DisposeAsync()
    {
        // A host that is told to end (SIGTERM) ends its encoders too.
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await terminate.WaitForExitAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }
}
