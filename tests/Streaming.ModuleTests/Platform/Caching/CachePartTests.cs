using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Caching;

namespace Streaming.ModuleTests.Platform.Caching;

/// <summary>The laws of the parts.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CachePartTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [FsCheck.NUnit.Property]
    public void Versions_compare_as_their_texts_do(PositiveInt a, PositiveInt b, ushort node, ushort other)
    {
        var (one, two) = (new CacheVersion(a.Get * 4_000_000L, node), new CacheVersion(b.Get * 4_000_000L, other));
        Assert.That(Math.Sign(string.CompareOrdinal(Text(one), Text(two))), Is.EqualTo(Math.Sign(one.CompareTo(two))));
        Assert.That(CacheVersion.TryParse(Encoding.UTF8.GetBytes(Text(one)), out var read) && read == one);
        Assert.That((long)(double)one.Time, Is.EqualTo(one.Time));
    }

    [Test]
    public void The_clock_of_versions_never_goes_back()
    {
        var clock = new HybridClock(_clock, 1);
        var before = clock.Next();
        clock.Observe(HybridClock.TimeOf(clock.UnixMilliseconds + 3_600_000));
        var ahead = clock.Next();
        Assert.That(ahead, Is.GreaterThan(before));
        Assert.That(ahead.Time, Is.GreaterThan(HybridClock.TimeOf(clock.UnixMilliseconds + 3_599_999)));
        for (var i = 0; i < 10_000; i++)
        {
            var next = clock.Next();
            Assert.That(next, Is.GreaterThan(ahead));
            ahead = next;
        }

        Assert.That(Text(ahead), Has.Length.EqualTo(CacheVersion.Length));
    }

    [Test]
    public void A_value_of_a_zone_is_what_was_put_in_and_whatever_else_is_no_value()
    {
        var value = ZoneValue.Of(new(123_456_789, 42), 1000, 2000, ["größe", "b"], "{\"a\":1}"u8.ToArray());
        var read = ZoneValue.Open(value.Bytes)!;
        Assert.That((read.Version, read.IsRemoval, read.SoftAt, read.HardAt), Is.EqualTo((new CacheVersion(123_456_789, 42), false, 1000, 2000)));
        Assert.That(read.Tags, Is.EqualTo(new[] { "größe", "b" }));
        Assert.That(Encoding.UTF8.GetString(read.Json.Span), Is.EqualTo("{\"a\":1}"));
        Assert.That(ZoneValue.Open(ZoneValue.Removed(new(5, 6), 7).Bytes)!.IsRemoval);

        for (var length = 0; length < value.Bytes.Length - read.Json.Length; length++)
            Assert.That(ZoneValue.Open(value.Bytes[..length]), Is.Null, $"cut at {length}");
        Assert.That(ZoneValue.Open(Encoding.UTF8.GetBytes(new string('x', 200))), Is.Null);
    }

    [Test]
    public void Memory_stays_within_its_bounds_and_keeps_what_is_read()
    {
        var store = new LocalStore(100_000, 100, new TagEpochs(), _clock);
        for (var i = 0; i < 1000; i++)
        {
            store.Put(Entry($"{i}", i));
            for (var hot = 0; hot < 10; hot++) store.Find($"{hot}", _clock.GetTimestamp());
            Assert.That(store.Report(0).Entries, Is.LessThanOrEqualTo(100));
        }

        for (var hot = 0; hot < 10; hot++) Assert.That(store.Find($"{hot}", _clock.GetTimestamp()), Is.Not.Null, $"{hot} was read all the time");

        for (var i = 0; i < 1000; i++) store.Put(Entry($"big {i}", i, 10_000));
        Assert.That(store.Report(0), Has.Property(nameof(LocalReport.Bytes)).LessThanOrEqualTo(100_000));
        Assert.That(store.Put(Entry("huge", 1, 50_000)), Is.False);
    }

    [Test]
    public void In_memory_nothing_older_replaces_what_is_newer_or_removed()
    {
        var store = new LocalStore(100_000, 100, new TagEpochs(), _clock);
        Assert.That(store.Put(Entry("a", 2)), Is.True);
        Assert.That(store.Put(Entry("a", 1)), Is.False);
        store.Remove("a", new(3, 0));
        Assert.That(store.Put(Entry("a", 2)), Is.False);
        Assert.That(store.Find("a", _clock.GetTimestamp())!.Value, Is.Null);
        Assert.That(store.Put(Entry("a", 4)), Is.True);
        store.Remove("a", new(4, 0));
        Assert.That(store.Find("a", _clock.GetTimestamp())!.Value, Is.Not.Null, "an announcement of what is here already");
    }

    [Test]
    public void Memory_keeps_its_counts_through_any_mixture_of_writes_and_removals() => Prop.ForAll(
        Gen.Choose(0, 30).ListOf(200).ToArbitrary(),
        keys =>
        {
            var store = new LocalStore(10_000, 12, new TagEpochs(), _clock);
            var version = 0;
            foreach (var key in keys)
            {
                if (key % 5 == 0 && store.Find($"{key + 1}", 0) is { } found) store.Forget(found);
                else store.Put(Entry($"{key}", ++version, key * 40));
            }

            var left = Enumerable.Range(0, 31).Select(k => store.Find($"{k}", 0)).Where(e => e is not null).ToArray();
            var report = store.Report(0);
            Assert.That((report.Entries, report.Bytes), Is.EqualTo((left.Length, left.Sum(e => e!.Size))));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_sketch_never_counts_too_low_and_forgets()
    {
        var hot = new HotKeys(8);
        for (var i = 0; i < 5000; i++) hot.Count($"{i}");
        for (var i = 0; i < 20; i++) hot.Count("star");
        Assert.That(hot.Estimate("star"), Is.GreaterThanOrEqualTo(20));
        Assert.That(hot.Hottest()[0], Is.EqualTo("star"));
        for (var i = 0; i < 6; i++) hot.Age();
        Assert.That(hot.Estimate("star"), Is.Zero);
    }

    [Test]
    public void Waiting_writes_of_a_key_become_one()
    {
        using var queue = new ZoneQueue();
        queue.Add(Write("a", 2));
        queue.Add(Write("a", 1));
        queue.Add(Write("a", 3));
        Assert.That(queue.Count, Is.EqualTo(1));
        Assert.That(queue.TryTake(out var write) && write.Version.Time == 3);
        Assert.That(queue.TryTake(out _), Is.False);
    }

    [Test]
    public void What_finds_no_room_is_remembered_as_dirty_and_a_repair_is_not()
    {
        using var queue = new ZoneQueue(most: 2, mostDirty: 2);
        foreach (var key in new[] { "a", "b", "c" }) queue.Add(Write(key, 1));
        queue.Add(Write("d", 1, WriteKind.Repair));
        queue.Add(Write("e", 1, WriteKind.Tag));
        Assert.That((queue.Count, queue.Dirty, queue.IsLost, queue.MissesTags), Is.EqualTo((2, 1, false, true)));
        queue.Add(Write("f", 1));
        queue.Add(Write("g", 1));
        Assert.That((queue.Dirty, queue.IsLost), Is.EqualTo((0, true)), "more than can be told apart");
    }

    [TestCase("cache:zones:0:name=a;cache:zones:0:connection=localhost:1", "cache:zone")]
    [TestCase("cache:zone=a;cache:zones:0:name=a", "cache:zones:0")]
    [TestCase("cache:zone=a;cache:zones:0:name=a;cache:zones:0:connection=localhost:1,nonsense=2", "cache:zones:0:connection")]
    [TestCase("cache:zone=a;cache:zones:0:name=a;cache:zones:0:connection=h:1;cache:zones:1:name=a;cache:zones:1:connection=h:2", "twice")]
    [TestCase("cache:local:seconds=60", "cache:local")]
    [TestCase("cache:sauce:concurrency=1", "sauce")]
    public void A_setting_that_is_wrong_is_named(string settings, string named)
    {
        var pairs = settings.Split(';').Select(s => s.Split('=', 2)).ToDictionary(p => p[0], p => (string?)p[1]);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(pairs).Build();
        Assert.That(() => CacheOptions.Read(configuration), Throws.InvalidOperationException.With.Message.Contains(named));
    }

    private LocalEntry Entry(string key, long version, long size = 10) =>
        new(key, "value", new(version, 0), [], size) { SoftAt = long.MaxValue, HardAt = _clock.GetTimestamp() + 1_000_000_000 };

    private static ZoneWrite Write(string key, long version, WriteKind kind = WriteKind.Fill) =>
        new(kind, key, ZoneValue.Of(new(version, 0), 0, 1000, [], []), new(version, 0));

    private static string Text(CacheVersion version)
    {
        var text = new byte[CacheVersion.Length];
        Assert.That(version.TryFormat(text));
        return Encoding.UTF8.GetString(text);
    }
}
