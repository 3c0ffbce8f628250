using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Dial.Instances;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Platform.Instances;

/// <summary>When an instance is in use, and how much of its share it gets.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class InstanceTests
{
    private static readonly TimeSpan _ramp = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task It_is_used_when_it_has_answered_and_not_before()
    {
        var instance = Made.Instance(_clock);
        Assert.That((instance.State, instance.Weight(_ramp)), Is.EqualTo((InstanceState.Unproven, 0d)));
        await instance.Answered();
        Assert.That((instance.State, instance.Weight(_ramp), instance.Reason), Is.EqualTo((InstanceState.In, 1d, (string?)null)));
    }

    [Test]
    public async Task One_that_joins_others_at_work_begins_with_a_tenth()
    {
        var instance = Made.Instance(_clock, isLate: true);
        await instance.Answered();
        Assert.That(instance.Weight(_ramp), Is.EqualTo(0.1));
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.That(instance.Weight(_ramp), Is.EqualTo(0.5).Within(1e-9));
        Assert.That(instance.Weight(TimeSpan.Zero), Is.EqualTo(1), "without a ramp all at once");
    }

    [Test]
    public async Task One_missed_probe_is_forgiven_and_two_in_a_row_put_it_out()
    {
        var instance = Made.Instance(_clock);
        await instance.Answered();
        instance.Missed("late");
        await instance.Answered();
        instance.Missed("late");
        Assert.That(instance.State, Is.EqualTo(InstanceState.In));

        var lost = instance.Lost;
        instance.Missed("late again");
        Assert.That((instance.State, instance.Reason, instance.Ejections, lost.IsCancellationRequested), Is.EqualTo((InstanceState.Out, "late again", 1, true)));
    }

    [Test]
    public async Task Five_failed_calls_in_a_row_put_it_out_whatever_its_probes_say()
    {
        var instance = Made.Instance(_clock);
        await instance.Answered();
        for (var call = 1; call <= 5; call++)
        {
            Assert.That(instance.State, Is.EqualTo(InstanceState.In), $"before call {call}");
            await Made.Fail(instance);
        }

        Assert.That(instance.State, Is.EqualTo(InstanceState.Out));
        for (var probe = 0; probe < 3; probe++) await instance.Answered();
        Assert.That(instance.State, Is.EqualTo(InstanceState.Out), "it is left alone for five seconds first");
    }

    [Test]
    public async Task One_that_is_outrun_again_and_again_gets_little_until_it_answers_and_nothing_if_it_never_does()
    {
        var instance = Made.Instance(_clock);
        await instance.Answered();
        for (var call = 0; call < 4; call++) instance.Outrun();
        Assert.That(instance.Weight(_ramp), Is.EqualTo(1));
        instance.Outrun();
        Assert.That(instance.Weight(_ramp), Is.EqualTo(0.1));
        instance.Served();
        Assert.That(instance.Weight(_ramp), Is.EqualTo(1), "it was only cold");

        for (var call = 0; call < 5; call++) instance.Outrun();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(instance.State, Is.EqualTo(InstanceState.In));
        instance.Outrun();
        Assert.That(instance.State, Is.EqualTo(InstanceState.Out));
    }

    [Test]
    public async Task It_comes_back_after_its_rest_and_two_answers_with_a_share_that_grows()
    {
        var instance = Made.Instance(_clock);
        await instance.Answered();
        for (var call = 0; call < 5; call++) await Made.Fail(instance);
        await instance.Answered();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(instance.State, Is.EqualTo(InstanceState.Out));

        await instance.Answered();

        Assert.That((instance.State, instance.Weight(_ramp), instance.Lost.IsCancellationRequested), Is.EqualTo((InstanceState.In, 0.1, false)));
        Assert.That((await instance.Dependency.Try(static (_, _) => ValueTask.FromResult(1), 0, default)).Exception, Is.Null, "its circuit is closed");
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.That(instance.Weight(_ramp), Is.EqualTo(1));
    }

    [Test]
    public async Task One_that_fails_again_soon_is_left_alone_for_longer()
    {
        var instance = Made.Instance(_clock);
        await instance.Answered();
        Miss(instance);
        Assert.That(await SecondsOut(instance), Is.EqualTo(5));
        Miss(instance);
        Assert.That(await SecondsOut(instance), Is.EqualTo(10));

        _clock.Advance(TimeSpan.FromMinutes(3));
        Miss(instance);
        Assert.That(await SecondsOut(instance), Is.EqualTo(5), "after a long time well it is forgotten");
    }

    [Test]
    public async Task Isolated_by_hand_it_stays_out_until_it_is_closed_by_hand()
    {
        var instance = Made.Instance(_clock);
        await instance.Answered();
        await instance.Dependency.Isolate();
        await instance.Answered();
        Assert.That((instance.State, instance.Reason), Is.EqualTo((InstanceState.Out, "isolated by hand")));
        for (var second = 0; second < 20; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await instance.Answered();
        }

        Assert.That(instance.State, Is.EqualTo(InstanceState.Out));
        await instance.Dependency.Close();
        await instance.Answered();
        await instance.Answered();
        Assert.That(instance.State, Is.EqualTo(InstanceState.In));
    }

    [Test]
    public async Task One_that_may_not_be_used_is_not_however_well_it_is()
    {
        var instance = Made.Instance(_clock);
        instance.Unfit("it is this host itself");
        Assert.That((instance.State, instance.Reason), Is.EqualTo((InstanceState.Unproven, "it is this host itself")));
        await instance.Answered();
        instance.Unfit("it is this host itself");
        Assert.That(instance.State, Is.EqualTo(InstanceState.Out));
    }

    private static void Miss(Instance instance)
    {
        instance.Missed("gone");
        instance.Missed("gone");
    }

    private async Task<int> SecondsOut(Instance instance)
    {
        for (var second = 0; second < 100; second++)
        {
            await instance.Answered();
            if (instance.State == InstanceState.In) return second;
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        return int.MaxValue;
    }
}

internal static class Made
{
    public static Instance Instance(TimeProvider clock, string name = "a", string region = "here", bool isLate = false) => new(
        new InstanceAddress(name, new Uri("http://127.0.0.1:1"), region),
        new Dependency(ResiliencePolicies.Instance, name, new ResiliencePolicy { TimeoutMs = 0, BreakerInARow = 5, BreakerQuietBelow = 0, LeavesBehind = false }, clock, (_, _) => { }),
        isLate, clock);

    public static async Task Fail(Instance instance)
    {
        await instance.Dependency.Try(static (_, _) => ValueTask.FromException<int>(new InvalidOperationException("It is down.")), 0, default);
        instance.Judge("it is down");
    }
}
