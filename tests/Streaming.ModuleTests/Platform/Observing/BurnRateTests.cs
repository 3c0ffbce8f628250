using Streaming.Platform.Observing;

namespace Streaming.ModuleTests.Platform.Observing;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BurnRateTests
{
    private static readonly TimeSpan _short = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _long = TimeSpan.FromHours(1);

    private readonly BurnRate _burn = new(0.999);
    private long _second = 1_000_000;

    [Test]
    public void Exactly_what_the_objective_leaves_room_for_burns_at_one()
    {
        Pass(3600, 100, 0.1);
        Assert.That(_burn.Within(_long).Rate, Is.EqualTo(1).Within(0.01));
    }

    [Test]
    public void Somebody_is_called_while_both_spans_burn_and_no_longer()
    {
        Pass(3300, 100, 0);
        Pass(300, 100, 100);
        Assert.That(_burn.IsOver(_long, _short, 14.4), Is.True, "a twelfth of the hour failed");
        Pass(310, 100, 0);
        Assert.That(_burn.Within(_long).Rate, Is.GreaterThan(14.4));
        Assert.That(_burn.IsOver(_long, _short, 14.4), Is.False, "it is over");
    }

    [Test]
    public void A_handful_of_failures_calls_nobody()
    {
        Pass(60, 1, 0);
        _burn.Add(_second, 19, 19);
        Assert.That(_burn.Within(_short).Rate, Is.GreaterThan(14.4));
        Assert.That(_burn.IsOver(_long, _short, 14.4), Is.False);
        _burn.Add(_second, 1, 1);
        Assert.That(_burn.IsOver(_long, _short, 14.4), Is.True);
    }

    [Test]
    public void What_is_older_than_the_memory_is_forgotten()
    {
        Pass(60, 100, 100);
        _second += 7 * 3600;
        _burn.Add(_second, 0, 0);
        Assert.That(_burn.Within(TimeSpan.FromHours(6)), Is.EqualTo((0L, 0L, 0d)));
    }

    private void Pass(int seconds, int all, double bad)
    {
        var owed = 0d;
        for (var i = 0; i < seconds; i++)
        {
            owed += bad;
            _burn.Add(_second++, all, (long)owed);
            owed -= (long)owed;
        }
    }
}
