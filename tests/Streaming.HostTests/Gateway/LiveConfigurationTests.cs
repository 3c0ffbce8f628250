using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Composition;
using Streaming.Host.Gateway;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Resilience;

namespace Streaming.HostTests.Gateway;

[Parallelizable(ParallelScope.Self)]
public sealed class LiveConfigurationTests
{
    private string _folder = null!;

    private string File => Path.Combine(_folder, "streaming.json");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("streaming-live-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task What_is_pushed_live_is_in_force_only_if_all_of_it_is_right_and_an_earlier_version_comes_back()
    {
        await Write("""{ "gateway": { "deadlineMs": 4000 } }""");
        await using var host = await TestHost.Start(_folder);
        var gateway = host.Services.GetRequiredService<GatewaySettings>();
        var policies = host.Services.GetRequiredService<ResiliencePolicies>();
        Assert.That(gateway.Current.DeadlineMs, Is.EqualTo(4000));

        await Write("""{ "gateway": { "deadlineMs": 3000 }, "resilience": { "policies": { "recommendations": { "timeoutMs": 450 } } } }""");
        await Until(() => gateway.Current.DeadlineMs == 3000);
        await Until(() => policies["recommendations"].TimeoutMs == 450);

        foreach (var wrong in new[]
                 {
                     """{ "gateway": { "deadlineMs": 2000 }, "resilience": { "policies": { "recommendations": { "timeoutMs": -1 } } } }""",
                     """{ "gateway": { "deadlineMs": 2000 }, "resilience": { "policies": { "recommendations": { "timeoutMs": 601 } } } }""",
                     """{ "gateway": { "deadlineMs": 2000, "limits": { "address": { "burst": 0 } } } }""",
                     """{ "gateway": { "deadlineMs": 2000 }, "logging": { "loglevel": { "streaming": "Loud" } } }""",
                     """{ "gateway": { "deadlineMs": 2000 }, "catalogue": { "uploads": { "maxBytes": 1 } } }""",
                     """{ "gateway": { "deadlineMs": 2000 """,
                 })
        {
            await Write(wrong);
            await Task.Delay(1300);
            Assert.That((gateway.Current.DeadlineMs, policies["recommendations"].TimeoutMs), Is.EqualTo((3000, 450)), wrong);
        }

        using var client = host.Anonymous();
        Assert.That((await client.GetAsync("/api/catalog/titles")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var versions = host.Services.GetRequiredService<ConfigurationVersions>();
        Assert.That(versions.List().Select(v => v.Number), Is.EqualTo(new[] { 1, 2 }), "what was refused is no version");

        const UnixFileMode forAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        System.IO.File.SetUnixFileMode(versions.File, forAll);
        Assert.That(versions.Restore(1), Is.True);
        Assert.That(System.IO.File.GetUnixFileMode(versions.File), Is.EqualTo(forAll), "whoever runs the host could read it and still can");
        await Until(() => gateway.Current.DeadlineMs == 4000);
        Assert.That(policies["recommendations"].TimeoutMs, Is.EqualTo(300));
        Assert.That(versions.List(), Has.Count.EqualTo(3));
        Assert.That(versions.Restore(99), Is.False);
    }

    [Test]
    public async Task A_changed_limit_takes_effect_on_the_running_host()
    {
        await using var host = await TestHost.Start(_folder);
        using var client = host.Anonymous();
        for (var i = 0; i < 10; i++) Assert.That((await client.GetAsync("/api/catalog/genres")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        await Write("""{ "gateway": { "limits": { "address": { "perSecond": 0.01, "burst": 2 } } } }""");
        var limits = host.Services.GetRequiredService<GatewaySettings>();
        await Until(() => limits.Current.Limits.All.Single(l => l.Name == "address").Burst == 2);
        for (var i = 0; i < 2; i++) Assert.That((await client.GetAsync("/api/catalog/genres")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.GetAsync("/api/catalog/genres")).StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task What_is_read_at_the_start_alone_waits_for_it()
    {
        await Write("""{ "events": { "attempts": 5 } }""");
        await using var host = await TestHost.Start(_folder);
        var live = host.Services.GetRequiredService<LiveConfiguration>();
        Assert.That(live.Apply("""{ "events": { "attempts": 6 }, "gateway": { "deadlineMs": 900 } }"""), Is.EqualTo(new[] { "events" }));
        Assert.That(host.Services.GetRequiredService<GatewaySettings>().Current.DeadlineMs, Is.EqualTo(900));
    }

    // As editors and deployments do it: a new file in the old one's place.
    private async Task Write(string text)
    {
        await System.IO.File.WriteAllTextAsync(File + ".tmp", text);
        System.IO.File.Move(File + ".tmp", File, overwrite: true);
    }

    private static async Task Until(Func<bool> reached)
    {
        for (var i = 0; i < 100 && !reached(); i++) await Task.Delay(50);
        Assert.That(reached(), Is.True, "not within five seconds");
    }
}
