using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Dial.Guarding;

namespace Streaming.ModuleTests.Platform.Guarding;

public sealed class ModuleGuardTests
{
    private static readonly TimeSpan _took = TimeSpan.FromMilliseconds(3);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Five_calls_in_a_row_without_an_answer_end_it()
    {
        var guard = new ModuleGuard(_clock);
        // Slow enough that the share of the last seconds says nothing.
        for (var i = 0; i < 4; i++)
        {
            Assert.That(Lost(guard), Is.Null);
            _clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.That(Lost(guard), Is.EqualTo("5 calls in a row were not answered there (refused)"));
        Assert.That(Lost(guard), Is.Null, "it is said once");
    }

    [Test]
    public void An_answer_in_between_begins_the_row_anew()
    {
        var guard = new ModuleGuard(_clock);
        for (var i = 0; i < 100; i++)
        {
            Assert.That(i % 5 == 4 ? Fine(guard) : Lost(guard), Is.Null);
            _clock.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Test]
    public void Three_in_five_seconds_end_it_where_they_are_more_than_two_of_a_hundred()
    {
        var (few, many) = (new ModuleGuard(_clock), new ModuleGuard(_clock));
        string? reason = null;
        for (var i = 0; i < 3; i++)
        {
            for (var n = 0; n < 40; n++) Fine(few);
            for (var n = 0; n < 60; n++) Fine(many);
            reason = Lost(few);
            Assert.That(Lost(many), Is.Null);
            Assert.That(reason, i < 2 ? Is.Null : Is.EqualTo("3 of 123 calls in 5 s were not answered there (refused)"));
        }
    }

    [Test]
    public void What_was_lost_longer_than_five_seconds_ago_no_longer_counts()
    {
        var guard = new ModuleGuard(_clock);
        for (var i = 0; i < 20; i++)
        {
            Assert.That(Lost(guard), Is.Null);
            Assert.That(Fine(guard), Is.Null);
            _clock.Advance(TimeSpan.FromSeconds(2.6));
        }
    }

    [Test]
    public void Another_decision_begins_anew_and_what_followed_the_one_before_is_passed_over()
    {
        var guard = new ModuleGuard(_clock);
        for (var i = 0; i < 4; i++)
        {
            Lost(guard);
            _clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.That(guard.Note(2, new CallOutcome(true, HasFailed: false, IsSlow: false, _took) { Lost = "refused" }), Is.Null);
        Assert.That(Lost(guard), Is.Null);
        Assert.That((guard.Report.Epoch, guard.Report.CallsThere, guard.Report.FailedThere), Is.EqualTo((2, 1, 1)));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void One_call_in_a_hundred_that_fails_in_a_canary_of_five_percent_ends_it_within_a_thousand(int seed)
    {
        var (guard, random) = (new ModuleGuard(_clock), new Random(seed));
        for (var there = 0; there <= 1000;)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(2));
            var isThere = random.NextDouble() < 0.05;
            if (isThere) there++;
            if (guard.Note(1, new CallOutcome(isThere, isThere && random.NextDouble() < 0.01, false, _took)) is not { } reason) continue;
            Assert.That(reason, Does.StartWith("more fails there than chance explains"));
            return;
        }

        Assert.Fail("a thousand calls were affected");
    }

    [Test]
    public void Of_two_hundred_canaries_that_are_no_worse_at_most_one_is_ended()
    {
        var ended = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var (guard, random) = (new ModuleGuard(_clock), new Random(seed));
            var percent = new[] { 0.01, 0.05, 0.25, 0.5 }[seed % 4];
            for (var i = 0; i < 20_000; i++)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(2));
                // Everything is bad from time to time, also for both at once.
                var (bad, slow) = i % 5000 < 200 ? (0.05, 0.2) : (0.002, 0.01);
                if (guard.Note(1, new CallOutcome(random.NextDouble() < percent, random.NextDouble() < bad, random.NextDouble() < slow, _took)) is null) continue;
                ended++;
                break;
            }
        }

        Assert.That(ended, Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void What_is_only_late_ends_it_in_a_row_and_else_counts_as_slow()
    {
        var (busy, hung) = (new ModuleGuard(_clock), new ModuleGuard(_clock));
        for (var i = 0; i < 4000; i++)
        {
            Assert.That(Here(busy), Is.Null);
            Assert.That(i % 100 == 99 ? Late(busy) : Fine(busy), Is.Null, "one in a hundred may be slow");
        }

        for (var i = 0; i < 4; i++) Assert.That(Late(hung), Is.Null);
        Assert.That(Late(hung), Is.EqualTo("5 calls in a row were not answered there (late)"));
        Assert.That((busy.Report.SlowThere, busy.Report.FailedThere), Is.EqualTo((40, 0)));
    }

    [Test]
    public void Calls_that_are_slow_there_alone_end_it()
    {
        var (guard, random) = (new ModuleGuard(_clock), new Random(1));
        string? reason = null;
        var there = 0;
        for (var i = 0; i < 2000 && reason is null; i++)
        {
            var isThere = random.NextDouble() < 0.25;
            if (isThere) there++;
            reason = guard.Note(1, new CallOutcome(isThere, false, isThere || random.NextDouble() < 0.01, _took));
        }

        Assert.That(reason, Does.StartWith("more is slow there than may be"));
        Assert.That(there, Is.LessThan(50));
    }

    [Test]
    public void Calls_that_are_slow_there_end_it_also_where_all_calls_go_there()
    {
        var guard = new ModuleGuard(_clock);
        string? reason = null;
        for (var there = 0; there < 60 && reason is null; there++) reason = guard.Note(1, new CallOutcome(true, false, true, _took));
        Assert.That(reason, Does.StartWith("more is slow there than may be"));
    }

    [Test]
    public void A_few_slow_calls_in_a_small_canary_do_not_keep_it_from_its_next_step()
    {
        var guard = new ModuleGuard(_clock);
        for (var i = 0; i < 10_000; i++) guard.Note(1, new CallOutcome(i % 100 == 0, false, i is 3000 or 7000, _took));
        Assert.That(guard.Report.SlowThere, Is.EqualTo(2));
        Assert.That(guard.Report.SlowE, Is.LessThan(10));
    }

    [Test]
    public void Without_traffic_there_is_no_verdict()
    {
        var guard = new ModuleGuard(_clock);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.That((guard.Report.CallsThere, guard.Report.FailedE), Is.EqualTo((0L, 1.0)));
    }

    private static string? Lost(ModuleGuard guard) => guard.Note(1, new CallOutcome(true, HasFailed: false, IsSlow: false, _took) { Lost = "refused" });

    private static string? Late(ModuleGuard guard) => guard.Note(1, new CallOutcome(IsThere: true, HasFailed: false, IsSlow: false, _took) { Lost = "late", IsLate = true });

    private static string? Here(ModuleGuard guard) => guard.Note(1, new CallOutcome(IsThere: false, HasFailed: false, IsSlow: false, _took));

    private static string? Fine(ModuleGuard guard) => guard.Note(1, new CallOutcome(true, false, false, _took));
}
