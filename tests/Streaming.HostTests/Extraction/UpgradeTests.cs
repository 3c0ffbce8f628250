using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Extraction;

/// <summary>Another build in the running host's place, with real processes, while people watch.</summary>
[NonParallelizable]
[UnsupportedOSPlatform("windows")]
public sealed class UpgradeTests
{
    private Installation _installation = null!;

    [SetUp]
    public async Task StartAll() => _installation = await Installation.Start();

    [TearDown]
    public async Task StopAll()
    {
        if (_installation is not null) await _installation.DisposeAsync();
    }

    [Test]
    public async Task Nobody_notices_that_another_build_takes_the_hosts_place()
    {
        var before = await Process();
        await using var audience = Audience.Of(_installation);
        await audience.More(50);
        // At once: how another build fares before that is the rehearsals' affair, and depends on how busy the machine is.
        var (exit, output) = await _installation.Host.Run("upgrade", Build("exec"), "--at-once");
        await audience.More(100);
        await audience.Stop();

        Assert.That(exit, Is.Zero, output);
        Assert.That(output, Does.Contain("Upgraded to"));
        Assert.That(await Process(), Is.Not.EqualTo(before));
        var (lost, twice) = await audience.Missing();
        Assert.Multiple(() =>
        {
            Assert.That(audience.Failed, Is.Empty);
            Assert.That(audience.Made, Has.Count.GreaterThan(5));
            Assert.That(lost, Is.Empty);
            Assert.That(twice, Is.Empty);
        });
        Assert.That((await _installation.Dial()).GetProperty("modules").EnumerateArray().Select(m => m.GetProperty("mode").GetString()), Is.All.EqualTo("in-process"));
        Assert.That((await _installation.Dial()).GetProperty("processes").EnumerateArray().Where(p => p.GetProperty("isInstance").GetBoolean()), Is.Empty);
        // The process that was started first stays for whoever supervises it, and hands the signal on.
        Assert.That(await _installation.Host.Terminate(), Is.Zero);
        Assert.ThrowsAsync<HttpRequestException>(() => _installation.Operator.GetAsync("/health/live"));
    }

    [TestCase("exit 3", "did not prepare itself", TestName = "A_build_that_does_not_start_changes_nothing")]
    [TestCase("""IFS=';' read -r in out sockets <<< "${@: -1}"; echo prepared > /proc/self/fd/$out; read -r word < /proc/self/fd/$in; exit 3""", "did not serve", TestName = "A_build_that_dies_when_it_is_its_turn_changes_nothing")]
    public async Task A_build_that_fails_changes_nothing(string instead, string reason)
    {
        var before = await Process();
        await using var audience = Audience.Of(_installation);
        await audience.More(20);
        var folder = Directory.CreateDirectory(Path.Combine(_installation.Host.Folder, "handover"));
        var ticket = Guid.NewGuid();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{ticket:N}"), Build(instead + "; exec"));
        using var asked = await _installation.Operator.PostAsJsonAsync("/api/operations/handover", new { ticket });
        Assert.That(asked.StatusCode, Is.EqualTo(HttpStatusCode.Accepted), await asked.Content.ReadAsStringAsync());
        await Installation.Until(async () => (await State()).State == "failed", "it has not noticed");
        await audience.More(50);
        await audience.Stop();

        var (lost, _) = await audience.Missing();
        Assert.Multiple(() =>
        {
            Assert.That(audience.Failed, Is.Empty);
            Assert.That(lost, Is.Empty);
        });
        Assert.That((await State()).Reason, Does.Contain(reason));
        Assert.That(await Process(), Is.EqualTo(before));
        using var again = await _installation.Operator.PostAsJsonAsync("/api/operations/handover", new { ticket });
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "a ticket is good for once");
        var (exit, output) = await _installation.Host.Run("dial");
        Assert.That(exit, Is.Zero, "the folder is this host's again: " + output);
        using var viewer = await _installation.Viewers[0].PostAsJsonAsync("/api/operations/handover", new { ticket });
        Assert.That(viewer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task What_is_no_other_build_is_refused_with_the_reason()
    {
        var folder = _installation.Host.Folder;
        var letter = Path.Combine(folder, "letter.txt");
        await File.WriteAllTextAsync(letter, "Dear Sir or Madam");
        var stranger = Path.Combine(folder, "stranger");
        await File.WriteAllTextAsync(stranger, "#!/bin/sh\necho hello\n");
        File.SetUnixFileMode(stranger, (UnixFileMode)0b111_101_101);
        foreach (var (path, reason) in new[] { (folder, "is a folder"), (Path.Combine(folder, "nothing"), "There is no file"), (letter, "cannot be run"), (stranger, "does not say its version") })
            foreach (var command in new[] { new[] { "upgrade", path }, ["rehearse", "--binary", path] })
            {
                var (exit, output) = await _installation.Host.Run(command);
                Assert.That((exit, output.Contains(reason, StringComparison.Ordinal)), Is.EqualTo((1, true)), output);
            }

        Assert.That((await State()).State, Is.EqualTo("none"));
    }

    private async Task<string> Process() => (await (await _installation.Operator.GetAsync("/api/operations/handover")).Json()).GetProperty("process").GetString()!;

    private async Task<(string? State, string? Reason)> State()
    {
        var view = await (await _installation.Operator.GetAsync("/api/operations/handover")).Json();
        return (view.GetProperty("state").GetString(), view.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    /// <summary>This build as a program of its own, with something done before.</summary>
    private string Build(string before)
    {
        var path = Path.Combine(_installation.Host.Folder, $"build-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{before} dotnet '{Path.Combine(TestContext.CurrentContext.TestDirectory, "streaming.dll")}' \"$@\"\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
