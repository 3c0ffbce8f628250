using FsCheck;
using FsCheck.Fluent;
using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Media;

internal sealed class LadderTests
{
    private static readonly FrameRate Film = new(24, 1);
    private static readonly Gen<(int Width, int Height)> Sizes = Gen.Choose(16, 8192).Two().Select(t => (t.Item1, t.Item2));

    [TestCase(1920, 1080, "426x240 640x360 854x480 1280x720 1920x1080")]
    [TestCase(854, 480, "426x240 640x360 854x480")]
    [TestCase(800, 332, "426x176 640x266 800x332")]
    [TestCase(1080, 1920, "240x426 360x640 480x854 720x1280 1080x1920")]
    [TestCase(1440, 1080, "426x320 640x480 854x640 1280x960 1440x1080")]
    [TestCase(1400, 788, "426x240 640x360 854x480 1280x720")]
    [TestCase(321, 241, "320x240")]
    [TestCase(4096, 2160, "426x224 640x338 854x450 1280x676 1920x1012 2560x1350 3840x2026")]
    public void A_source_gets_the_classes_up_to_its_own_size(int width, int height, string expected) =>
        Assert.That(string.Join(' ', Ladder.For(width, height, Film).Select(r => $"{r.Width}x{r.Height}")), Is.EqualTo(expected));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Every_rung_is_even_and_none_is_larger_than_the_source() => Prop.ForAll(Sizes.ToArbitrary(), size =>
        Ladder.For(size.Width, size.Height, Film).All(r =>
            r is { Width: > 0, Height: > 0 } && r.Width % 2 == 0 && r.Height % 2 == 0 && r.Width <= size.Width && r.Height <= size.Height));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Rungs_rise_in_size_and_rate_and_have_names_of_their_own() => Prop.ForAll(Sizes.ToArbitrary(), size =>
    {
        var rungs = Ladder.For(size.Width, size.Height, Film);
        return rungs.Count > 0 && rungs.Select(r => r.Name).Distinct().Count() == rungs.Count
            && rungs.Zip(rungs.Skip(1)).All(p => Math.Max(p.First.Width, p.First.Height) < Math.Max(p.Second.Width, p.Second.Height)
                && p.First.MaxRateKbps <= p.Second.MaxRateKbps);
    });

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property The_top_rung_is_within_a_tenth_of_the_source_or_4K() => Prop.ForAll(Sizes.ToArbitrary(), size =>
    {
        var (top, longer) = (Ladder.For(size.Width, size.Height, Film)[^1], Math.Max(size.Width, size.Height));
        return Math.Max(top.Width, top.Height) * 1.1 + 2 >= Math.Min(longer, 3840);
    });

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property A_portrait_source_gets_the_landscape_ladder_turned() => Prop.ForAll(Sizes.ToArbitrary(), size =>
        Ladder.For(size.Width, size.Height, Film).Select(r => (r.Width, r.Height))
            .SequenceEqual(Ladder.For(size.Height, size.Width, Film).Select(r => (r.Height, r.Width))));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Shapes_are_kept_to_within_a_pixel_or_two() => Prop.ForAll(Sizes.ToArbitrary(), size =>
        Ladder.For(size.Width, size.Height, Film).All(r => Math.Abs((double)r.Height - (double)r.Width * size.Height / size.Width) <= 2 * Math.Max(1, (double)size.Height / size.Width) + 2));

    [Test]
    public void Above_thirty_frames_a_second_the_cap_is_half_as_much_again()
    {
        var (slow, ntsc, fast) = (Ladder.For(1920, 1080, new(30, 1)), Ladder.For(1920, 1080, new(30000, 1001)), Ladder.For(1920, 1080, new(60, 1)));
        Assert.That(slow.Select(r => (r.Crf, r.MaxRateKbps)), Is.EqualTo(new[] { (23, 400), (23, 800), (22, 1400), (22, 2800), (21, 5000) }));
        Assert.That(ntsc.Select(r => r.MaxRateKbps), Is.EqualTo(slow.Select(r => r.MaxRateKbps)));
        Assert.That(fast.Select(r => r.MaxRateKbps), Is.EqualTo(slow.Select(r => r.MaxRateKbps * 3 / 2)));
    }

    [Test]
    public void A_middle_rung_hardly_larger_than_the_one_below_is_left_out_but_never_an_end()
    {
        var rungs = Ladder.For(1280, 720, Film);
        var averages = new Dictionary<string, double> { ["v240"] = 100, ["v360"] = 120, ["v480"] = 131, ["v720"] = 132 };
        Assert.That(string.Join(' ', Ladder.Prune(rungs, averages).Select(r => r.Name)), Is.EqualTo("v240 v480 v720"));
    }

    [TestCase(24000, 1001, 48)]
    [TestCase(25, 1, 50)]
    [TestCase(60, 1, 120)]
    [TestCase(1, 4, 1)]
    public void A_group_of_pictures_lasts_two_seconds_in_whole_frames(int numerator, int denominator, int frames)
    {
        var rate = new FrameRate(numerator, denominator);
        Assert.That((rate.GroupFrames, rate.SegmentFrames), Is.EqualTo((frames, 2 * frames)));
    }

    [TestCase(120, 1, 60)]
    [TestCase(144, 1, 48)]
    [TestCase(60, 1, 60)]
    public void Rates_above_sixty_keep_every_nth_frame(int numerator, int denominator, double expected) =>
        Assert.That(new FrameRate(numerator, denominator).Capped().Value, Is.EqualTo(expected));

    [TestCase(23.98, "24000/1001")]
    [TestCase(29.971, "30000/1001")]
    [TestCase(29.999, "30/1")]
    [TestCase(18.2, "18200/1000")]
    public void A_measured_rate_stands_for_the_nearest_standard_one(double measured, string expected) =>
        Assert.That(FrameRate.Nearest(measured).ToString(), Is.EqualTo(expected));
}
