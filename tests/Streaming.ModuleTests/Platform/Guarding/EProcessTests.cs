using Streaming.Platform.Dial.Guarding;

namespace Streaming.ModuleTests.Platform.Guarding;

public sealed class EProcessTests
{
    [Test]
    public void Nothing_that_has_happened_is_no_evidence()
    {
        var evidence = new EProcess();
        Assert.That((evidence.Value, evidence.Seen), Is.EqualTo((1.0, (0L, 0L))));
    }

    [Test]
    public void The_first_bad_events_are_worth_what_can_be_worked_out_by_hand()
    {
        var evidence = new EProcess();
        evidence.Add(isHit: true, chance: 0.1); // ½ / 0.1
        Assert.That(evidence.Value, Is.EqualTo(5).Within(1e-9));
        evidence.Add(isHit: true, chance: 0.1); // ¾ / 0.1
        Assert.That(evidence.Value, Is.EqualTo(37.5).Within(1e-9));
        evidence.Add(isHit: false, chance: 0.1); // (1 − 5/6) / 0.9
        Assert.That(evidence.Value, Is.EqualTo(37.5 / 6 / 0.9).Within(1e-9));
        Assert.That(evidence.Seen, Is.EqualTo((2, 3)));
    }

    [Test]
    public void A_canary_that_fares_better_is_never_held_against_it()
    {
        var evidence = new EProcess();
        for (var i = 0; i < 10_000; i++) evidence.Add(isHit: false, chance: 0.5);
        Assert.That(evidence.Value, Is.LessThanOrEqualTo(1));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Where_all_calls_go_one_way_there_is_nothing_to_compare(double chance)
    {
        var evidence = new EProcess();
        for (var i = 0; i < 100; i++) evidence.Add(isHit: chance > 0, chance);
        Assert.That(evidence.Value, Is.EqualTo(1));
    }
}
