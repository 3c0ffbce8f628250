using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Host.Gateway.Limits;
using Streaming.Platform.Resilience;

namespace Streaming.HostTests.Gateway;

/// <summary>Three hosts that share a limit through a real Redis.</summary>
public sealed class SharedLimitTests
{
    private const double PerSecond = 100;
    private const int Burst = 100;

    private readonly List<IDisposable> _resources = [];
    private readonly List<RedisTokenStore> _stores = [];
    private readonly List<Limited> _hosts = [];
    private Process? _redis;

    [SetUp]
    public async Task Start()
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, "redis-server"))))
            Assert.Ignore("redis-server is not installed");
        var port = FreePort();
        _redis = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!;
        for (var i = 0; i < 3; i++)
        {
            var policies = new ResiliencePolicies(new ConfigurationBuilder().Build(), NullLogger<ResiliencePolicies>.Instance);
            var dependencies = new Dependencies(policies, TimeProvider.System, NullLogger<Dependencies>.Instance);
            var settings = Settings.Of(("gateway:limits:address:burst", $"{Burst}"), ("gateway:limits:address:perSecond", $"{PerSecond}"));
            var store = new RedisTokenStore($"127.0.0.1:{port}", dependencies, TimeProvider.System, NullLogger<RedisTokenStore>.Instance);
            await store.StartAsync(CancellationToken.None);
            _stores.Add(store);
            var limits = new RateLimits(settings, TimeProvider.System, store);
            _hosts.Add(limits.Everywhere(byAddress: true).Single());
            _resources.AddRange([limits, settings, dependencies, policies]);
        }

        for (var i = 0; i < 200 && _stores.Any(s => !s.IsReachable || s.Hosts != 3); i++) await Task.Delay(50);
        Assert.That(_stores.Select(s => (s.IsReachable, s.Hosts)), Is.All.EqualTo((true, 3)));
    }

    [TearDown]
    public async Task Stop()
    {
        foreach (var store in _stores) await store.StopAsync(CancellationToken.None);
        foreach (var resource in _resources.Concat(_stores)) resource.Dispose();
        if (_redis is { HasExited: false }) _redis.Kill();
        _redis?.Dispose();
        _stores.Clear();
        _hosts.Clear();
        _resources.Clear();
    }

    [Test]
    public async Task Together_they_let_through_what_one_would()
    {
        var (allowed, seconds) = await Hammer(3);
        Assert.That(allowed, Is.InRange(0.7 * Most(seconds), 1.2 * Most(seconds)));
    }

    [Test]
    public async Task With_Redis_dead_they_keep_to_the_limit_within_a_fifth()
    {
        var hammering = Hammer(4);
        await Task.Delay(1000);
        _redis!.Kill();

        var (allowed, seconds) = await hammering;

        Assert.That(_stores.Select(s => s.IsReachable), Is.All.False);
        Assert.That(allowed, Is.InRange(0.7 * Most(seconds), 1.2 * Most(seconds)));
    }

    [Test]
    public async Task A_client_of_one_host_alone_gets_all_of_the_limit()
    {
        var began = Stopwatch.GetTimestamp();
        var allowed = 0;
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < 2)
        {
            if (_hosts[0].Take(1).IsAllowed) allowed++;
            await Task.Delay(1);
        }

        Assert.That(allowed, Is.GreaterThan(0.7 * Most(2)), "and not a third");
    }

    private static double Most(double seconds) => Burst + (PerSecond * seconds);

    /// <summary>One client asks all of the hosts for far more than the limit.</summary>
    private async Task<(int Allowed, double Seconds)> Hammer(double seconds)
    {
        var (began, allowed) = (Stopwatch.GetTimestamp(), 0);
        await Task.WhenAll(_hosts.Select(host => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
            {
                for (var i = 0; i < 5; i++)
                    if (host.Take(42).IsAllowed) Interlocked.Increment(ref allowed);
                await Task.Delay(5);
            }
        })));
        return (allowed, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
