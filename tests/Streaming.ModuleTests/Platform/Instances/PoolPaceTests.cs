using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Dial.Instances;

namespace Streaming.ModuleTests.Platform.Instances;

/// <summary>How long an answer is waited for before another instance is asked, and how often that may happen.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PoolPaceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Another_is_asked_after_what_95_of_100_take_within_bounds()
    {
        var pace = new PoolPace(_clock);
        Assert.That(After(pace), Is.EqualTo(100), "while nothing is known");

        for (var i = 1; i <= 100; i++) Answer(pace, i);
        Assert.That(After(pace), Is.EqualTo(95));
        for (var i = 0; i < 512; i++) Answer(pace, 1);
        Assert.That(After(pace), Is.EqualTo(10), "never sooner than the floor");
        for (var i = 0; i < 512; i++) Answer(pace, 5000);
        Assert.That(After(pace), Is.EqualTo(500), "never later than the ceiling");
    }

    [Test]
    public void What_was_not_answered_says_nothing_of_how_long_that_takes()
    {
        var pace = new PoolPace(_clock);
        for (var i = 0; i < 100; i++)
        {
            pace.Enter();
            pace.Leave(0, 0, null);
        }

        Assert.That(pace.Percentile(50), Is.Null);
    }

    [Test]
    public void Retries_and_hedges_are_each_a_fifth_of_what_is_under_way_and_at_least_three()
    {
        var pace = new PoolPace(_clock);
        for (var i = 0; i < 100; i++) pace.Enter();
        Assert.That(Enumerable.Range(0, 100).Count(_ => pace.MayRetry()), Is.EqualTo(20));
        Assert.That(Enumerable.Range(0, 100).Count(_ => pace.MayHedge()), Is.EqualTo(20));
        for (var i = 0; i < 100; i++) pace.Leave(i < 20 ? 1 : 0, i < 20 ? 1 : 0, null);
        pace.Enter();
        Assert.That(Enumerable.Range(0, 100).Count(_ => pace.MayRetry()), Is.EqualTo(3), "what has ended is free again");
        Assert.That(pace.Active, Is.EqualTo(1));
    }

    private double After(PoolPace pace)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return pace.HedgeAfter(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(100)).TotalMilliseconds;
    }

    private static void Answer(PoolPace pace, double milliseconds)
    {
        pace.Enter();
        pace.Leave(0, 0, TimeSpan.FromMilliseconds(milliseconds));
    }
}
