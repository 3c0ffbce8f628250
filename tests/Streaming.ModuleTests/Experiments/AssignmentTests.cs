using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Experiments.Flags;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Streaming.ModuleTests.Experiments;

internal sealed class AssignmentTests
{
    // Computed with another implementation of XXH3 (hash-wasm) and the formula written anew.
    [TestCase("a", "home-row-order", 1, ExpectedResult = 12008)]
    [TestCase("a", "home-row-order", 2, ExpectedResult = 17598)]
    [TestCase("0197f3d0-0000-7000-8000-000000000001", "home-row-order", 1, ExpectedResult = 8282)]
    [TestCase("0197f3d0-0000-7000-8000-000000000001", "other", 1, ExpectedResult = 73487)]
    [TestCase("Zoë 🎬", "home-row-order", 1, ExpectedResult = 43879)]
    [TestCase("Zoë 🎬", "other", 1, ExpectedResult = 35529)]
    public int A_unit_falls_into_the_bucket_of_the_formula(string unit, string key, int seedVersion) =>
        Flag(key, seedVersion).Assign(UnitHash.Of(unit)).Bucket;

    [TestCase("home-row-order", 1, ExpectedResult = 28945)]
    [TestCase("home-row-order", 2, ExpectedResult = 93059)]
    public int A_long_unit_id_does_too(string key, int seedVersion) => Flag(key, seedVersion).Assign(UnitHash.Of(new string('x', 700))).Bucket;

    [Test]
    public void Buckets_are_uniform()
    {
        const int units = 200_000, cells = 100;
        var flag = Flag("uniform", 1);
        var counts = new int[cells];
        for (var i = 0; i < units; i++) counts[flag.Assign(Unit(i)).Bucket / (UnitHash.Buckets / cells)]++;

        var expected = (double)units / cells;
        // 99 degrees of freedom: 99.9 % of uniform samples are below 148.2.
        Assert.That(counts.Sum(c => (c - expected) * (c - expected) / expected), Is.LessThan(148.2));
    }

    [Test]
    public void Two_flags_are_independent_and_so_are_two_seeds_of_one()
    {
        var first = Flag("first", 1);
        foreach (var second in new[] { Flag("second", 1), Flag("first", 2) })
        {
            const int units = 100_000;
            var counts = new int[10, 10];
            for (var i = 0; i < units; i++) counts[first.Assign(Unit(i)).Bucket / 10_000, second.Assign(Unit(i)).Bucket / 10_000]++;

            const double expected = units / 100.0;
            // Margins are fixed by the formula, so 99 degrees of freedom: 99.9 % are below 148.2.
            Assert.That(counts.Cast<int>().Sum(c => (c - expected) * (c - expected) / expected), Is.LessThan(148.2));
        }
    }

    [Test]
    public void Each_variant_gets_its_share()
    {
        var flag = new Flag("split", new() { Variants = { ["control"] = 90, ["treatment"] = 10 } });
        var treated = Enumerable.Range(0, 100_000).Count(i => flag.Assign(Unit(i)).Variant.Key == "treatment");
        // Five standard deviations of a binomial of 100,000 at 10 %.
        Assert.That(treated, Is.EqualTo(10_000).Within(5 * Math.Sqrt(100_000 * .1 * .9)));
    }

    [Property]
    public bool A_unit_always_gets_the_same(NonNull<string> unit) =>
        Flag("stable", 1).Assign(UnitHash.Of(unit.Get)) == Flag("stable", 1).Assign(UnitHash.Of(new string(unit.Get.AsSpan())));

    [Property]
    public Property Every_bucket_belongs_to_the_variant_whose_range_holds_it(ulong unit, PositiveInt first)
    {
        var weight = 1 + ((first.Get - 1) % 99);
        var flag = new Flag("ranges", new() { Variants = { ["a"] = weight, ["b"] = 100 - weight } });
        var (variant, bucket) = flag.Assign(unit);
        return (bucket is >= 0 and < UnitHash.Buckets && variant.Key == (bucket < weight * 1000 ? "a" : "b")).ToProperty();
    }

    [Property]
    public bool Growing_a_first_variant_takes_nobody_away_from_it(ulong unit, PositiveInt first, PositiveInt more)
    {
        var small = 1 + ((first.Get - 1) % 98);
        var large = Math.Min(99, small + 1 + (more.Get % 20));
        return OfFirst(small) != "a" || OfFirst(large) == "a";

        string OfFirst(int weight) => new Flag("growing", new() { Variants = { ["a"] = weight, ["b"] = 100 - weight } }).Assign(unit).Variant.Key;
    }

    [Test]
    public void The_order_in_which_variants_are_written_does_not_matter()
    {
        var one = new Flag("order", new() { Variants = { ["b"] = 30, ["a"] = 70 } });
        var other = new Flag("order", new() { Variants = { ["a"] = 70, ["b"] = 30 } });
        Assert.That(Enumerable.Range(0, 1000).All(i => one.Assign(Unit(i)) == other.Assign(Unit(i))));
    }

    [Test]
    public void A_decision_allocates_nothing()
    {
        var flag = Flag("lean", 1);
        var unit = Guid.CreateVersion7().ToString();
        Decide(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Decide(10_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Decide(int times)
        {
            for (var i = 0; i < times; i++) flag.Assign(UnitHash.Of(unit));
        }
    }

    private static Flag Flag(string key, int seedVersion) =>
        new(key, new() { Variants = { ["control"] = 50, ["treatment"] = 50 }, SeedVersion = seedVersion });

    private static ulong Unit(int number) => UnitHash.Of(string.Create(CultureInfo.InvariantCulture, $"unit-{number}"));
}
