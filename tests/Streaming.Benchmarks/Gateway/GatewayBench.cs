using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Benchmarks.Running;

namespace Streaming.Benchmarks.Gateway;

/// <summary>What the gateway costs a request, against the same endpoint with nothing before it and behind the usual proxies.</summary>
internal sealed partial class GatewayBench : IBench
{
    private const int Connections = 64;
    private const int Rounds = 5;
    private const int Seconds = 5;

    // Until the compiler has seen enough of a whole pipeline; it takes longer than for one endpoint.
    private const int WarmUps = 4;

    public string Name => "gateway";

    public string About => "one route with the whole gateway before it, against the same endpoint bare and behind nginx, HAProxy and YARP";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var running = new List<Process>();
        try
        {
            var (bare, ours, yarp, nginx, haproxy) = (Url(), Url(), Url(), Url(), Url());
            var endpoint = Server(running, scratch, GatewayServers.Bare, bare, "-");
            List<Target> targets =
            [
                new("bare", bare, [endpoint]),
                new("ours", ours, [Server(running, scratch, GatewayServers.Ours, ours, scratch["data"])]),
                new("yarp", yarp, [endpoint, Server(running, scratch, GatewayServers.Yarp, yarp, bare.ToString())]),
            ];
            await File.WriteAllTextAsync(scratch["nginx.conf"], Proxies.Nginx(scratch.Folder, nginx, bare), cancellationToken);
            targets.Add(new("nginx", nginx, [endpoint, Launch(running, scratch, "nginx", ["-c", scratch["nginx.conf"], "-p", scratch.Folder])]));
            if (HasHaProxy())
            {
                await File.WriteAllTextAsync(scratch["haproxy.cfg"], Proxies.HaProxy(haproxy, bare), cancellationToken);
                targets.Add(new("haproxy", haproxy, [endpoint, Launch(running, scratch, "haproxy", ["-db", "-f", scratch["haproxy.cfg"]])]));
            }

            foreach (var target in targets) await Ready(target, cancellationToken);
            for (var warmUp = 0; warmUp < WarmUps; warmUp++)
                foreach (var target in targets.Take(3)) await Measure(target, cancellationToken);
            foreach (var target in targets.Skip(3)) await Measure(target, cancellationToken);
            Step.Say("all are warm");
            for (var round = 1; round <= Rounds; round++)
            {
                foreach (var target in targets) target.Samples.Add(await Measure(target, cancellationToken));
                Step.Say($"round {round} of {Rounds}: {string.Join(", ", targets.Select(t => $"{t.Name} {t.Samples[^1].PerSecond:0}/s {t.Samples[^1].Microseconds:0.0} us"))}");
            }

            return Rows(targets);
        }
        finally
        {
            foreach (var process in running)
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                process.Dispose();
            }
        }
    }

    private static List<Row> Rows(List<Target> targets)
    {
        var (bare, ours) = (targets[0], targets[1]);
        var rows = new List<Row>
        {
            new($"requests a second, {Connections} connections, peer is the bare endpoint", ours.PerSecond, bare.PerSecond, ours.PerSecond / bare.PerSecond, "≥ 0.85 × peer", ours.PerSecond >= 0.85 * bare.PerSecond),
            Row.OverPeerAtMost("processor time a request, µs, peer is the bare endpoint", ours.Microseconds, bare.Microseconds, 6, "µs"),
            Row.Plain("requests a second and core, peer is the bare endpoint", 1e6 / ours.Microseconds, 1e6 / bare.Microseconds),
        };
        foreach (var proxy in targets.Skip(2))
        {
            rows.Add(new($"requests a second, peer is {proxy.Name} before the endpoint", ours.PerSecond, proxy.PerSecond, ours.PerSecond / proxy.PerSecond, "> peer", ours.PerSecond > proxy.PerSecond));
            rows.Add(Row.Plain($"requests a second and core, peer is {proxy.Name} with the endpoint", 1e6 / ours.Microseconds, 1e6 / proxy.Microseconds));
        }

        return rows;
    }

    /// <summary>wrk's own count, and the processor time that every process on the way took meanwhile.</summary>
    private static async Task<Sample> Measure(Target target, CancellationToken ct)
    {
        var before = target.ProcessorSeconds;
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t1", $"-c{Connections}", $"-d{Seconds}s", $"{target.Url}{GatewayServers.Path[1..]}"]) { RedirectStandardOutput = true })!;
        var said = await wrk.StandardOutput.ReadToEndAsync(ct);
        await wrk.WaitForExitAsync(ct);
        var seconds = target.ProcessorSeconds - before;
        if (said.Contains("Non-2xx", StringComparison.Ordinal) || said.Contains("Socket errors", StringComparison.Ordinal)) throw new InvalidOperationException($"{target.Name}: {said}");
        var requests = double.Parse(Requests().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
        return new Sample(double.Parse(PerSecond().Match(said).Groups[1].Value, CultureInfo.InvariantCulture), seconds / requests * 1e6);
    }

    private static async Task Ready(Target target, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = target.Url };
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60); await Task.Delay(50, ct))
            try
            {
                using var answer = await http.GetAsync(GatewayServers.Path, ct);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

        throw new TimeoutException($"{target.Name} does not answer on {target.Url}.");
    }

    private static Process Server(List<Process> running, Scratch scratch, string what, Uri url, string more) =>
        Launch(running, scratch, Path.Combine(AppContext.BaseDirectory, "Streaming.Benchmarks"), [GatewayServers.Verb, what, url.ToString(), more]);

    private static Process Launch(List<Process> running, Scratch scratch, string program, IEnumerable<string> arguments)
    {
        var process = HostProcess.Launch(program, arguments, scratch[$"{Path.GetFileName(program)}-{running.Count}.log"]);
        running.Add(process);
        return process;
    }

    private static Uri Url() => HostProcess.FreeUrl();

    private static bool HasHaProxy() => Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, "haproxy")));

    private sealed record Sample(double PerSecond, double Microseconds);

    private sealed record Target(string Name, Uri Url, Process[] Processes)
    {
        public List<Sample> Samples { get; } = [];

        public double PerSecond => Streaming.Benchmarks.Samples.Percentile(Samples.Select(s => s.PerSecond), 50);

        public double Microseconds => Streaming.Benchmarks.Samples.Percentile(Samples.Select(s => s.Microseconds), 50);

        /// <summary>With the workers of a proxy, which are its children.</summary>
        public double ProcessorSeconds => Processes.Sum(p => Processor.Seconds(p.Id) + Processor.ChildrenOf(p.Id).Sum(Processor.Seconds));
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();
}
