using System.Net;

namespace Streaming.HostTests.Extraction;

/// <summary>Modules that move to processes of their own and back while people watch, with real processes.</summary>
[NonParallelizable]
public sealed class LiveMoveTests
{
    private const string Both = "catalog,recommendations";

    private Installation _installation = null!;

    [OneTimeSetUp]
    public async Task StartAll() => _installation = await Installation.Start();

    [OneTimeTearDown]
    public async Task StopAll()
    {
        if (_installation is not null) await _installation.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task Nobody_notices_a_module_that_moves_out_step_by_step_and_comes_back()
    {
        var instance = await _installation.Instance("one", Both);
        await using var audience = Audience.Of(_installation);
        await audience.More(50);
        foreach (var percent in new[] { 1m, 5m, 25m, 50m, 100m })
        {
            foreach (var module in Both.Split(',')) await _installation.Turn(module, "canary", percent, force: true);
            await audience.More(200);
        }

        await audience.ServedBy("one", 50);

        foreach (var module in Both.Split(',')) await _installation.Turn(module, "canary", 0);
        await audience.More(100);
        await audience.Stop();

        var (lost, twice) = await audience.Missing();
        var (all, made) = (audience.All, audience.Made.Count);
        await TestContext.Out.WriteLineAsync($"{all.Count} requests, {made} titles, p99 {Audience.Percentile(all, 99):0} ms");
        Assert.Multiple(() =>
        {
            Assert.That(audience.Failed, Is.Empty);
            Assert.That(made, Is.GreaterThan(5), "the publisher has hardly worked");
            Assert.That(lost, Is.Empty);
            Assert.That(twice, Is.Empty);
        });
        Assert.That((await _installation.Dial("catalog")).GetProperty("guard").GetProperty("failedThere").GetInt64(), Is.Zero);
        await instance.Terminate();
    }

    [Test, Order(2)]
    public async Task An_instance_killed_in_the_middle_is_noticed_by_nobody_and_its_modules_come_home()
    {
        var instance = await _installation.Instance("two", Both);
        await using var audience = Audience.Of(_installation);
        foreach (var module in Both.Split(',')) await _installation.Turn(module, "canary", 50, force: true);
        await audience.ServedBy("two", 50);
        await instance.Kill();
        await Installation.Until(async () => (await _installation.Dial("catalog")).GetProperty("mode").GetString() == "in-process", "the module did not come back", 30);
        await audience.More(100);
        await audience.Stop();

        var (lost, twice) = await audience.Missing();
        Assert.Multiple(() =>
        {
            Assert.That(audience.Failed, Is.Empty);
            Assert.That(lost, Is.Empty);
            Assert.That(twice, Is.Empty);
        });
        Assert.That((await _installation.Decisions("catalog"))[0].GetProperty("by").GetString(), Is.EqualTo("guard"));
        using var tooSoon = await _installation.Operator.PutAsync("/api/operations/dial/catalog", Json("""{"mode":"canary","percent":1}"""));
        Assert.That(await tooSoon.Content.ReadAsStringAsync(), Does.Contain("no-instance").Or.Contain("cooling-down"));
    }

    [Test, Order(3)]
    public async Task An_instance_that_answers_nothing_any_more_is_noticed_by_nobody()
    {
        var instance = await _installation.Instance("three", Both);
        foreach (var module in Both.Split(',')) await _installation.Turn(module, "remote", force: true);
        await using var audience = Audience.Of(_installation);
        await audience.ServedBy("three", 50);
        await instance.Stop();
        try
        {
            await Installation.Until(async () => (await _installation.Dial("catalog")).GetProperty("mode").GetString() == "in-process", "the module did not come back", 30);
            await audience.More(100);
        }
        finally
        {
            await instance.Continue();
        }

        await audience.Stop();
        var (lost, twice) = await audience.Missing();
        Assert.Multiple(() =>
        {
            Assert.That(audience.Failed, Is.Empty);
            Assert.That(lost, Is.Empty);
            Assert.That(twice, Is.Empty);
        });
        await instance.Kill();
    }

    [Test, Order(4)]
    public async Task An_instance_that_is_stopped_first_sends_its_callers_away()
    {
        var instance = await _installation.Instance("four", Both);
        foreach (var module in Both.Split(',')) await _installation.Turn(module, "remote", force: true);
        await using var audience = Audience.Of(_installation);
        await audience.ServedBy("four", 50);
        Assert.That(await instance.Terminate(), Is.Zero);
        await audience.More(100);
        await audience.Stop();

        var (lost, twice) = await audience.Missing();
        var decisions = await _installation.Decisions("catalog");
        Assert.Multiple(() =>
        {
            Assert.That(audience.Failed, Is.Empty);
            Assert.That(lost, Is.Empty);
            Assert.That(twice, Is.Empty);
            Assert.That(decisions[0].GetProperty("by").GetString(), Is.EqualTo("four"));
            Assert.That(decisions[0].GetProperty("mode").GetString(), Is.EqualTo("in-process"));
        });
        Assert.That((await _installation.Dial()).GetProperty("processes").EnumerateArray().Select(p => p.GetProperty("name").GetString()), Has.None.EqualTo("four"), "it is gone");
    }

    [Test, Order(5)]
    public async Task A_dial_is_not_turned_to_where_nobody_is_and_a_wrong_word_is_told()
    {
        using var nobody = await _installation.Operator.PutAsync("/api/operations/dial/playback", Json("""{"mode":"remote"}"""));
        Assert.That(await nobody.Content.ReadAsStringAsync(), Does.Contain("no-instance").And.Contain("streaming serve --modules playback"));
        Assert.That(nobody.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        using var wrong = await _installation.Operator.PutAsync("/api/operations/dial/playback", Json("""{"mode":"sideways","percent":101}"""));
        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        using var unknown = await _installation.Operator.PutAsync("/api/operations/dial/nothing", Json("""{"mode":"remote"}"""));
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        using var viewer = await _installation.Viewers[0].PutAsync("/api/operations/dial/playback", Json("""{"mode":"remote"}"""));
        Assert.That(viewer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test, Order(6)]
    public async Task A_rehearsal_in_which_the_instance_is_killed_leaves_everything_as_it_was_and_a_report()
    {
        // One that was killed is taken for gone only after a while, and would be in the way.
        await Installation.Until(async () => (await _installation.Dial("catalog")).GetProperty("instances").GetArrayLength() == 0, "there is an instance still");
        var first = _installation.Host.Run("rehearse", "catalog", "--load", "80", "--step-seconds", "3", "--least-calls", "8", "--inject", "kill");
        await Installation.Until(async () =>
        {
            if (first.IsCompleted) Assert.Fail("it has ended before it began: " + (await first).Output);
            return (await _installation.Dial("catalog")).GetProperty("mode").GetString() != "in-process";
        }, "it has not begun", 180);
        var second = await _installation.Host.Run("rehearse", "catalog");
        var (exit, output) = await first;
        Assert.That((second.Exit, second.Output.Contains("Bring it home first", StringComparison.Ordinal)), Is.EqualTo((1, true)), "two at once: " + second.Output);
        Assert.That(exit, Is.Zero, output);
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("Withstood.").And.Contain("failed 0"));
            Assert.That(Directory.GetFiles(Path.Combine(_installation.Host.Folder, "rehearsals"), "*-catalog.md"), Has.Length.EqualTo(1));
        });
        Assert.That((await _installation.Dial("catalog")).GetProperty("mode").GetString(), Is.EqualTo("in-process"));
        (exit, output) = await _installation.Host.Run("rehearse", "nothing");
        Assert.That((exit, output.Contains("There is no module nothing", StringComparison.Ordinal)), Is.EqualTo((1, true)), output);
    }

    [TearDown]
    public async Task TellDecisions()
    {
        // Another that still serves would keep the next test's module where it is.
        await _installation.KillInstances();
        foreach (var module in Both.Split(','))
            foreach (var d in (await _installation.Decisions(module)).Take(3))
                await TestContext.Out.WriteLineAsync($"{d.GetProperty("epoch")} {module} {d.GetProperty("mode")} {d.GetProperty("percent")} by {d.GetProperty("by")}: {d.GetProperty("reason")}");
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
