using FsCheck;
using FsCheck.Fluent;
using Streaming.Platform.Observing;

namespace Streaming.ModuleTests.Platform.Observing;

internal sealed class LatencyHistogramTests
{
    private const double Bound = 1d / 32;

    private static readonly Arbitrary<long> Ticks = Gen.Choose(0, 29).SelectMany(e => Gen.Choose(0, int.MaxValue).Select(m => (1L << e) + (m % (1L << e)))).ToArbitrary();

    [FsCheck.NUnit.Property(MaxTest = 2_000)]
    public Property Whatever_is_read_is_at_most_a_thirty_second_away_from_what_was_added() => Prop.ForAll(Ticks, ticks =>
    {
        var read = LatencyHistogram.MiddleOf(LatencyHistogram.BucketOf(ticks));
        return Math.Abs(read - ticks) <= Bound * ticks;
    });

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property A_percentile_is_that_of_the_values_within_the_bound() => Prop.ForAll(
        Gen.NonEmptyListOf(Ticks.Generator).Zip(Gen.Choose(0, 100)).ToArbitrary(),
        given =>
        {
            var (values, percent) = given;
            var histogram = new LatencyHistogram();
            foreach (var ticks in values) histogram.Add(TimeSpan.FromTicks(ticks));
            var exact = values.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(percent / 100d * values.Count) - 1));
            var read = LatencyHistogram.Percentile(Counts(histogram), percent)!.Value.Ticks;
            return Math.Abs(read - exact) <= Bound * exact;
        });

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Histograms_add_up() => Prop.ForAll(Gen.ListOf(Ticks.Generator).Zip(Gen.ListOf(Ticks.Generator)).ToArbitrary(), given =>
    {
        var (one, other, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        foreach (var ticks in given.Item1) Add(one, ticks);
        foreach (var ticks in given.Item2) Add(other, ticks);
        var merged = Counts(one);
        other.AddTo(merged);
        return merged.AsSpan().SequenceEqual(Counts(both));

        void Add(LatencyHistogram of, long ticks)
        {
            of.Add(TimeSpan.FromTicks(ticks));
            both.Add(TimeSpan.FromTicks(ticks));
        }
    });

    [Test]
    public void What_lies_outside_counts_as_the_nearest()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromTicks(-5));
        Assert.That(LatencyHistogram.Percentile(Counts(histogram), 100), Is.EqualTo(TimeSpan.Zero));
        histogram.Add(TimeSpan.FromDays(30));
        Assert.That(LatencyHistogram.Percentile(Counts(histogram), 100)!.Value.TotalSeconds, Is.EqualTo(107).Within(4));
    }

    [Test]
    public void Of_nothing_there_is_no_percentile() => Assert.That(LatencyHistogram.Percentile(Counts(new LatencyHistogram()), 99), Is.Null);

    [Test]
    public void Adding_one_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        var least = long.MaxValue;
        for (var run = 0; run < 20; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++) histogram.Add(TimeSpan.FromTicks(i * 37));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.That(least, Is.Zero);
    }

    private static uint[] Counts(LatencyHistogram histogram)
    {
        var counts = new uint[LatencyHistogram.Buckets];
        histogram.AddTo(counts);
        return counts;
    }
}
