using System.Diagnostics;
using System.Text.RegularExpressions;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

/// <summary>The host as a process of its own, killed without warning in the middle of its work.</summary>
[Parallelizable(ParallelScope.Self)]
public sealed partial class KillTests
{
    private const int Kills = 20;

    [Test]
    public async Task Killed_at_twenty_moments_an_ingest_still_becomes_ready_and_redoes_at_most_a_segment_a_rung()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-kill-").FullName;
        try
        {
            var random = new Random(20260105);
            var source = await Clip.Make(folder, "long.mp4", 60, "854x480");
            var data = Path.Combine(folder, "data");
            Guid ingest;
            await using (var host = await HostProcess.Start(data))
            {
                ingest = await host.Client.Upload(source, publish: true);
                await host.Kill();
            }

            var redone = new List<string>();
            var kills = 1;
            while (true)
            {
                await using var host = await HostProcess.Start(data);
                var before = Segments(data);
                var settled = false;
                var until = Stopwatch.StartNew();
                var life = TimeSpan.FromMilliseconds(random.Next(100, 2200));
                while (kills >= Kills || until.Elapsed < life)
                {
                    var view = await host.Client.Ingest(ingest);
                    if (view.GetProperty("state").GetString() == "ready") { settled = true; break; }
                    Assert.That(view.GetProperty("state").GetString(), Is.Not.AnyOf("failed", "rejected", "cancelled"), view.ToString());
                    Assert.That(until.Elapsed, Is.LessThan(TimeSpan.FromMinutes(3)), view.ToString());
                    await Task.Delay(25);
                }

                // What was committed before this life must not have been written again in it.
                foreach (var (path, written) in before)
                    if (Path.GetFileName(Path.GetDirectoryName(path))!.StartsWith('v') && File.Exists(path) && File.GetLastWriteTimeUtc(path) != written)
                        redone.Add(path);

                if (settled)
                {
                    await Played(host, ingest, source);
                    break;
                }

                await host.Kill();
                kills++;
            }

            Assert.That(kills, Is.EqualTo(Kills), "the ingest was over too soon to be killed often enough; make the source longer");
            Assert.That(redone, Is.Empty, "committed segments were encoded again");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Played(HostProcess host, Guid ingest, FileInfo source)
    {
        var title = (await host.Client.Ingest(ingest)).GetProperty("titleId").GetGuid();
        var session = await host.Client.Play(title);
        var master = new Uri(host.Url, session.GetProperty("hls").GetString());
        var frames = await Clip.Frames(source.FullName);
        foreach (var line in (await host.Client.GetStringAsync(master)).Split('\n').Where(l => l.Length > 0 && !l.StartsWith('#')))
        {
            var rung = new Uri(master, line).ToString();
            Assert.That(await Clip.Complaints(rung), Is.Empty, rung);
            Assert.That(await Clip.Frames(rung), Is.EqualTo(frames), rung);
        }
    }

    private static Dictionary<string, DateTime> Segments(string data)
    {
        var objects = Path.Combine(data, "objects");
        return Directory.Exists(objects)
            ? Directory.EnumerateFiles(objects, "*.m4s", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc)
            : [];
    }

    /// <summary><c>streaming serve</c> as a child process.</summary>
    private sealed partial class HostProcess : IAsyncDisposable
    {
        private readonly Process _process;

        private HostProcess(Process process, Uri url, HttpClient client) => (_process, Url, Client) = (process, url, client);

        public Uri Url { get; }

        public HttpClient Client { get; }

        public static async Task<HostProcess> Start(string data)
        {
            var program = Path.Combine(TestContext.CurrentContext.TestDirectory, "streaming.dll");
            var process = Process.Start(new ProcessStartInfo("dotnet", [
                program, "serve", "--data", data, "--urls", "http://127.0.0.1:0", "--set", "telemetry:metrics=off", "--set", "logging:json=false",
                "--set", $"users:operator:email={TestHost.OperatorEmail}", "--set", $"users:operator:password={TestHost.OperatorPassword}",
                "--set", "catalog:ingest:reserveBytes=104857600"])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (Ready().Match(line) is not { Success: true } ready) continue;
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                var url = new Uri(ready.Groups[1].Value);
                var client = new HttpClient { BaseAddress = url };
                await client.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
                return new HostProcess(process, url, client);
            }

            Assert.Fail($"the host did not start: {await errors}");
            throw new UnreachableException();
        }

        public async Task Kill()
        {
            _process.Kill(entireProcessTree: false);
            await _process.WaitForExitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            if (!_process.HasExited) await Kill();
            _process.Dispose();
        }

        [GeneratedRegex(@"Streaming is ready at (http://\S+)")]
        private static partial Regex Ready();
    }
}
