using FsCheck;
using Streaming.Platform.Dial;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Streaming.ModuleTests.Platform;

/// <summary>Who is in a canary.</summary>
internal sealed class StickyShareTests
{
    private const int Subjects = 20_000;

    [Property]
    public bool A_subject_always_gets_the_same(Guid subject, NonNull<string> salt, ushort share) =>
        new StickyShare(salt.Get, Percent(share)).Has(subject) == new StickyShare(new string(salt.Get.AsSpan()), Percent(share)).Has(subject);

    [Property]
    public bool A_larger_share_takes_nobody_out(Guid subject, NonNull<string> salt, ushort one, ushort other)
    {
        var (small, large) = (Math.Min(Percent(one), Percent(other)), Math.Max(Percent(one), Percent(other)));
        return !new StickyShare(salt.Get, small).Has(subject) || new StickyShare(salt.Get, large).Has(subject);
    }

    [Property]
    public bool Nobody_is_in_nothing_and_everybody_in_all(Guid subject, NonNull<string> salt) =>
        !new StickyShare(salt.Get, 0).Has(subject) && new StickyShare(salt.Get, 100).Has(subject) && new StickyShare(salt.Get, 0).IsNothing;

    // The salts are fixed, so this says the same every time; six standard deviations of what chance would do.
    [TestCase("catalog", 0.01)]
    [TestCase("catalog", 1)]
    [TestCase("playback", 25)]
    [TestCase("users-2", 50)]
    [TestCase("", 99.5)]
    public void The_share_is_as_large_as_it_is_said_to_be(string salt, decimal percent)
    {
        var share = new StickyShare(salt, percent);
        var p = (double)percent / 100;
        Assert.That(All.Count(share.Has), Is.EqualTo(Subjects * p).Within(6 * Math.Sqrt(Subjects * p * (1 - p))));
    }

    [Test]
    public void Other_salts_draw_other_subjects()
    {
        var (one, other) = (new StickyShare("one", 25), new StickyShare("two", 25));
        var both = All.Count(s => one.Has(s) && other.Has(s));
        const double P = 0.25 * 0.25;
        Assert.That(both, Is.EqualTo(Subjects * P).Within(6 * Math.Sqrt(Subjects * P * (1 - P))), "as of two throws of dice");
    }

    [Test]
    public void A_share_beyond_its_bounds_is_refused() =>
        Assert.Multiple(() =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => _ = new StickyShare("", -0.01m));
            Assert.Throws<ArgumentOutOfRangeException>(() => _ = new StickyShare("", 100.01m));
        });

    private static decimal Percent(ushort share) => share % (StickyShare.Points + 1) / 100m;

    private static IEnumerable<Guid> All => Enumerable.Range(0, Subjects).Select(n => new Guid(n, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8));
}
