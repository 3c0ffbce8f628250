using Streaming.Platform.Readiness;

namespace Streaming.ModuleTests.Platform.Readiness;

public sealed class SamplingTests
{
    [Test]
    public void While_there_are_few_all_are_recorded()
    {
        var route = Route();
        Assert.That(Enumerable.Range(0, 10).Select(_ => Second(route, TracedRoute.Wanted)), Is.All.EqualTo(TracedRoute.Wanted));
    }

    [Test]
    public void Where_there_are_many_about_twenty_a_second_are()
    {
        var route = Route();
        Second(route, 5000);
        var taken = Enumerable.Range(0, 20).Select(_ => Second(route, 5000)).ToArray();
        Assert.That(taken, Is.All.InRange(TracedRoute.Wanted - 3, TracedRoute.Wanted + 3));
    }

    [Test]
    public void A_sudden_crowd_is_bounded_before_anybody_has_counted_it() => Assert.That(Second(Route(), 100_000), Is.EqualTo(2 * TracedRoute.Wanted));

    [Test]
    public void Callers_who_ask_in_turns_are_all_recorded([Values(2, 3, 5, 10)] int callers)
    {
        var route = Route();
        Second(route, 1000);
        var seen = new int[callers];
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 1000; i++)
                if (route.Take()) seen[i % callers]++;
            route.Beat();
        }

        Assert.That(seen, Is.All.InRange(0.7 * seen.Average(), 1.3 * seen.Average()));
    }

    [Test]
    public void Round_trips_in_a_row_add_up_with_their_codec() => Assert.Multiple(() =>
    {
        Assert.That(Resampling.Added([3, 3, 3], [100, 100, 100], [0.5f, 0.5f]), Is.EqualTo((1.6, 1.6)));
        Assert.That(Resampling.Added([0], [0], [0.5f]), Is.EqualTo((0, 0)));
        Assert.That(Resampling.Added([1], [0], []), Is.Null);
    });

    [Test]
    public void Two_of_the_slowest_in_a_row_are_rarer_than_one()
    {
        float[] trips = [.. Enumerable.Repeat(1f, 98), 50, 50];
        var (p50, p99) = Resampling.Added([4], [0], trips)!.Value;
        Assert.Multiple(() =>
        {
            Assert.That(p50, Is.EqualTo(4));
            Assert.That(p99, Is.InRange(53, 102), "and not four times fifty");
        });
    }

    private static TracedRoute Route() => new("GET /", TracedRoute.Outside, IsMovable: false);

    private static int Second(TracedRoute route, int requests)
    {
        var taken = 0;
        for (var i = 0; i < requests; i++)
            if (route.Take()) taken++;
        route.Beat();
        return taken;
    }
}
