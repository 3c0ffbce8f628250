using System.Net;
using System.Runtime.Versioning;
using Streaming.Host.Running;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

public sealed class HealthTests
{
    [Test]
    public async Task A_host_that_has_started_is_live_and_ready()
    {
        await using var host = await TestHost.Start();
        using var client = host.Anonymous();

        var live = await (await client.GetAsync("/health/live")).Json();
        var ready = await (await client.GetAsync("/health/ready")).Json();

        Assert.That(live.GetProperty("status").GetString(), Is.EqualTo("live"));
        Assert.That(ready.GetProperty("checks").GetProperty("database").GetProperty("status").GetString(), Is.EqualTo("ready"));
    }

    [TestCase("ffmpeg")]
    [TestCase("ffprobe")]
    public async Task A_missing_encoder_is_told_with_its_reason(string program)
    {
        await using var host = await TestHost.Start(null, ($"catalog:ffmpeg:{program}", $"/nonexistent/{program}"));
        using var client = host.Anonymous();

        var ready = await (await client.GetAsync("/health/ready")).Json();

        var encoder = ready.GetProperty("checks").GetProperty("encoder");
        Assert.That(encoder.GetProperty("status").GetString(), Is.EqualTo("degraded"));
        Assert.That(encoder.GetProperty("reason").GetString(), Does.StartWith($"/nonexistent/{program} ").And.Contain("install ffmpeg"));
    }

    [Test]
    public async Task A_data_folder_belongs_to_one_host()
    {
        await using var first = await TestHost.Start();

        var refused = Assert.ThrowsAsync<StartFailure>(() => TestHost.Start(first.Folder));

        Assert.That(refused!.Message, Does.Contain("Another host is running on the data folder"));
    }

    [Test]
    public async Task A_folder_that_cannot_be_used_is_not_said_to_have_another_host()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-test-").FullName;
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder, "host.lock"), Path.Combine(folder, "nowhere", "host.lock"));
            var refused = Assert.Throws<StartFailure>(() => FolderLock.Take(folder, null));
            Assert.That(refused!.Message, Does.Contain("cannot be used").And.Not.Contain("Another host"));

            var file = Path.Combine(folder, "file");
            await File.WriteAllTextAsync(file, "");
            Assert.That(Assert.Throws<StartFailure>(() => FolderLock.Take(Path.Combine(file, "data"), null))!.Message, Does.Not.Contain("Another host"));

            await File.WriteAllTextAsync(Path.Combine(folder, "host.json"), """{"Url":"http://127.0.0.1:1/"}""");
            Assert.That(FolderLock.Running(folder), Is.Null, "a note without a lock is what a host left that was killed");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task Whoever_reads_the_note_of_a_host_never_finds_half_of_it()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-test-").FullName;
        try
        {
            using var held = FolderLock.Take(folder, null);
            held.Tell(new Uri("http://127.0.0.1:1/"));
            await using var reader = new FileStream(Path.Combine(folder, "host.json"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            held.Tell(new Uri("http://127.0.0.1:22222/"));

            using var before = new StreamReader(reader);
            Assert.That(await before.ReadToEndAsync(), Does.Contain("127.0.0.1:1/"), "written beside, not over it");
            Assert.That(FolderLock.Running(folder), Is.EqualTo(new Uri("http://127.0.0.1:22222/")));
            Assert.That(Directory.EnumerateFiles(folder).Select(Path.GetFileName), Is.EquivalentTo((string[])["host.lock", "host.json"]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_configuration_file_that_is_not_json_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "streaming.json"), "{ urls");

            var refused = Assert.ThrowsAsync<StartFailure>(() => TestHost.Start(folder));

            Assert.That(refused!.Message, Does.Contain("streaming.json").And.Contain("LineNumber: 0").And.Not.Contain("   at "));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_database_that_cannot_be_used_is_told_in_words()
    {
        var folder = Directory.CreateTempSubdirectory("streaming-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "catalog.db"), new string('x', 5000));

            var refused = Assert.ThrowsAsync<StartFailure>(() => TestHost.Start(folder));

            Assert.That(refused!.Message, Does.Contain("--data").And.Not.Contain("   at "));
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_connection_string_that_is_none_is_told_without_repeating_it()
    {
        var refused = Assert.ThrowsAsync<StartFailure>(() => TestHost.Start(null, ("data:postgres", "s3cret")));

        Assert.That(refused!.Message, Does.Contain("configuration is not right").And.Not.Contain("s3cret").And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_taken_address_is_told_with_what_to_do()
    {
        await using var first = await TestHost.Start();

        var refused = Assert.ThrowsAsync<StartFailure>(() => TestHost.Start(null, ("urls", first.Url.ToString())));

        Assert.That(refused!.Message, Does.Contain("--urls"));
    }

    [Test]
    public async Task Metrics_are_served_on_a_listener_of_their_own()
    {
        var port = FreePort();
        await using var host = await TestHost.Start(null, ("telemetry:metrics", $"http://127.0.0.1:{port}"));
        using var client = host.Anonymous();
        await client.GetAsync("/api/catalog/titles");

        var metrics = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
        using var publicly = await client.GetAsync("/metrics");
        using var pretending = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = $"127.0.0.1:{port}" } });

        Assert.That(metrics, Does.Contain("streaming_contracts_duration").And.Contain("streaming_resilience_calls"));
        Assert.That((publicly.StatusCode, pretending.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.NotFound)), "whatever host a client names");
        using var api = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/api/catalog/titles"));
        Assert.That(api.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "whoever may read metrics may read metrics");
    }

    [Test]
    public async Task An_answer_tells_how_long_each_module_took()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn();

        using var answer = await client.GetAsync("/api/recommendations/home");

        Assert.That(answer.Headers.GetValues("Server-Timing").Single(), Does.Match(@"^recommendations;dur=\d+\.\d$"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public async Task A_new_data_folder_is_its_owners_alone()
    {
        var parent = Directory.CreateTempSubdirectory("streaming-host-").FullName;
        var folder = Path.Combine(parent, "data");
        await using (await TestHost.Start(folder))
            Assert.That(File.GetUnixFileMode(folder), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Directory.Delete(parent, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
