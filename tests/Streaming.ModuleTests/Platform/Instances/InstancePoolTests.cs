using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Dial.Instances;

namespace Streaming.ModuleTests.Platform.Instances;

/// <summary>Which instance a call goes to.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class InstancePoolTests
{
    private const int Calls = 10_000;
    private static readonly TimeSpan _ramp = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task Equals_get_equal_shares()
    {
        var pool = await Pool(("a", "here"), ("b", "here"), ("c", "here"));
        var counts = Counts(pool);
        Assert.That(counts.Values, Has.All.EqualTo(Calls / 3).Within(300));
    }

    [Test]
    public async Task The_less_busy_of_two_is_taken()
    {
        var pool = await Pool(("a", "here"), ("b", "here"));
        for (var i = 0; i < 5; i++) pool.Instances[0].Begin();
        Assert.That(Counts(pool), Is.EqualTo(new Dictionary<string, int> { ["b"] = Calls }));
    }

    [Test]
    public async Task All_that_were_tried_and_all_that_are_out_leave_nobody()
    {
        var pool = await Pool(("a", "here"), ("b", "there"));
        Assert.That(pool.Choose([pool.Instances[0]]), Is.SameAs(pool.Instances[1]), "the other region is better than none");
        Assert.That(pool.Choose(pool.Instances.ToArray()), Is.Null);
        foreach (var instance in pool.Instances) PutOut(instance);
        Assert.That(pool.Choose([]), Is.Null, "and what is not well is not chosen for want of others");
    }

    // 1.4 times the healthy share of the own region, as Envoy has it.
    [TestCase(0, 1.0)]
    [TestCase(1, 1.0)]
    [TestCase(2, 0.84)]
    [TestCase(3, 0.56)]
    [TestCase(5, 0.0)]
    public async Task The_own_region_carries_what_it_can_and_the_rest_spills(int out_, double expected)
    {
        var pool = await Pool(("a", "here"), ("b", "here"), ("c", "here"), ("d", "here"), ("e", "here"), ("x", "there"), ("y", "there"));
        foreach (var instance in pool.Instances.Take(out_)) PutOut(instance);
        var own = Counts(pool).Where(c => "abcde".Contains(c.Key, StringComparison.Ordinal)).Sum(c => c.Value);
        Assert.That(own / (double)Calls, Is.EqualTo(expected).Within(0.02));
        Assert.That(pool.Instances.Sum(pool.ShareOf), Is.EqualTo(1).Within(1e-9));
        Assert.That(pool.Instances.Take(5).Sum(pool.ShareOf), Is.EqualTo(expected).Within(1e-9));
    }

    [Test]
    public async Task Back_again_the_own_region_takes_over_little_by_little()
    {
        var pool = await Pool(("a", "here"), ("x", "there"));
        var own = pool.Instances[0];
        PutOut(own);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await own.Answered();
        await own.Answered();
        Assert.That(pool.ShareOf(own), Is.EqualTo(0.14).Within(0.001), "1.4 times a tenth");
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.That(pool.ShareOf(own), Is.EqualTo(0.7).Within(0.001));
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.That(pool.ShareOf(own), Is.EqualTo(1));
    }

    [Test]
    public async Task One_that_comes_back_among_equals_gets_a_small_share_first()
    {
        var pool = await Pool(("a", "here"), ("b", "here"), ("c", "here"));
        PutOut(pool.Instances[0]);
        _clock.Advance(TimeSpan.FromSeconds(6));
        for (var probe = 0; probe < 2; probe++) await pool.Instances[0].Answered();
        Assert.That(Counts(pool)["a"] / (double)Calls, Is.EqualTo(0.1 / 2.1).Within(0.01));
    }

    [Test]
    public async Task The_same_seed_makes_the_same_choices()
    {
        var (one, other) = (await Pool(("a", "here"), ("b", "here")), await Pool(("a", "here"), ("b", "here")));
        for (var call = 0; call < 100; call++) Assert.That(one.Choose([])!.At, Is.EqualTo(other.Choose([])!.At));
    }

    private async Task<InstancePool> Pool(params (string Name, string Region)[] instances)
    {
        var made = instances.Select(i => Made.Instance(_clock, i.Name, i.Region)).ToArray();
        foreach (var instance in made) await instance.Answered();
        return new InstancePool("here", made, _ramp, new Chance(20260105));
    }

    private static Dictionary<string, int> Counts(InstancePool pool) =>
        Enumerable.Range(0, Calls).Select(_ => pool.Choose([])!.At.Name).CountBy(n => n).ToDictionary();

    private static void PutOut(Instance instance)
    {
        instance.Missed("gone");
        instance.Missed("gone");
    }
}
