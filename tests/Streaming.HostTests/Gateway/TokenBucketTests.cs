using System.Net;
using Microsoft.Extensions.Time.Testing;
using Streaming.Host.Gateway.Limits;
using Streaming.Kernel;

namespace Streaming.HostTests.Gateway;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void A_bucket_holds_its_burst_and_fills_by_the_clock()
    {
        var buckets = new TokenBuckets(1000, _clock);

        Assert.That(Allowed(buckets, 1, 30, perSecond: 10, burst: 20), Is.EqualTo(20));
        Assert.That(buckets.Take(1, 10, 20).RetryAfter.TotalSeconds, Is.EqualTo(0.1).Within(0.001));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Allowed(buckets, 1, 30, perSecond: 10, burst: 20), Is.EqualTo(10));
        Assert.That(Allowed(buckets, 2, 30, perSecond: 10, burst: 20), Is.EqualTo(20), "another client has a bucket of its own");
    }

    [Test]
    public void A_million_addresses_are_remembered_in_bounded_memory()
    {
        var buckets = new TokenBuckets(100_000, _clock);
        buckets.Take(0, 1, 10);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 1_000_000; i++) buckets.Take(PartitionKey.Of(new IPAddress(i * 2654435761L & 0xffffffff)), 1, 10);

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.That(buckets.Count, Is.InRange(90_000, 100_032));
        Assert.That(grown, Is.LessThan(32 * 1024 * 1024), "bytes for 100,000 clients");
        GC.KeepAlive(buckets);
    }

    [Test]
    public void Whoever_keeps_asking_is_not_forgotten_for_the_sake_of_many_who_asked_once()
    {
        var buckets = new TokenBuckets(6400, _clock);
        Allowed(buckets, 7, 10, perSecond: 0.001, burst: 10);
        for (UInt128 i = 1000; i < 101_000; i++)
        {
            buckets.Take(i, 1, 10);
            if (i % 10 == 0) Assert.That(buckets.Take(7, 0.001, 10).IsAllowed, Is.False);
        }
    }

    [Test]
    public void One_subscriber_is_one_partition()
    {
        static UInt128 Key(string address) => PartitionKey.Of(IPAddress.Parse(address));
        Assert.Multiple(() =>
        {
            Assert.That(Key("2001:db8:1:2::1"), Is.EqualTo(Key("2001:db8:1:2:ffff:ffff:ffff:ffff")));
            Assert.That(Key("2001:db8:1:2::1"), Is.Not.EqualTo(Key("2001:db8:1:3::1")));
            Assert.That(Key("::ffff:192.0.2.1"), Is.EqualTo(Key("192.0.2.1")));
            Assert.That(Key("192.0.2.1"), Is.Not.EqualTo(Key("192.0.2.2")));
        });
    }

    [Test]
    public void Users_and_keys_are_counted_apart_and_strangers_not_at_all()
    {
        var ada = new Caller(Guid.CreateVersion7(), [], new Dictionary<string, string>());
        var grace = ada with { Subject = Guid.CreateVersion7() };
        var program = ada with { Attributes = new Dictionary<string, string> { [PartitionKey.KeyAttribute] = "k1" } };
        var other = ada with { Attributes = new Dictionary<string, string> { [PartitionKey.KeyAttribute] = "k2" } };
        Assert.Multiple(() =>
        {
            Assert.That(PartitionKey.Of(Caller.Anonymous, LimitedBy.User), Is.Null);
            Assert.That(PartitionKey.Of(ada, LimitedBy.Key), Is.Null);
            Assert.That(PartitionKey.Of(ada, LimitedBy.User), Is.Not.Null.And.Not.EqualTo(PartitionKey.Of(grace, LimitedBy.User)));
            Assert.That(PartitionKey.Of(program, LimitedBy.Key), Is.Not.Null.And.Not.EqualTo(PartitionKey.Of(other, LimitedBy.Key)));
        });
    }

    [Test]
    public void Leased_tokens_are_spent_without_waiting_and_on_credit_for_no_more_than_a_batch()
    {
        var buckets = new TokenBuckets(1000, _clock);

        Assert.That(buckets.TakeLeased(1, batch: 5, out var wanted).IsAllowed, Is.True, "the store has not answered, and nobody waits for it");
        Assert.That(wanted, Is.EqualTo(6), "a batch, and what is owed");
        var onCredit = Enumerable.Range(0, 20).Count(_ => buckets.TakeLeased(1, 5, out var again).IsAllowed && again == 0);
        Assert.That(onCredit, Is.EqualTo(4));

        buckets.Lease(1, 6, TimeSpan.Zero);
        Assert.That(buckets.TakeLeased(1, 5, out wanted).IsAllowed, Is.True);
        Assert.That(wanted, Is.GreaterThan(0), "it asks again before it runs dry");

        buckets.Lease(1, 0, TimeSpan.FromSeconds(2));
        while (buckets.TakeLeased(1, 5, out wanted).IsAllowed) Assert.That(wanted, Is.Zero);
        Assert.That(wanted, Is.Zero, "the store has none, and is not asked until it has");
        _clock.Advance(TimeSpan.FromSeconds(2.1));
        buckets.TakeLeased(1, 5, out wanted);
        Assert.That(wanted, Is.GreaterThan(0));
    }

    [Test]
    public void The_limit_that_is_configured_is_the_one_that_holds()
    {
        using var settings = Settings.Of(("gateway:limits:address:burst", "5"), ("gateway:limits:address:perSecond", "0.01"));
        using var limits = new RateLimits(settings, _clock);
        for (var i = 0; i < 5; i++) Assert.That(limits.Everywhere(byAddress: true).Single().Take(1).IsAllowed, Is.True);
        Assert.That(limits.Everywhere(byAddress: true).Single().Take(1).IsAllowed, Is.False);
    }

    private static int Allowed(TokenBuckets buckets, UInt128 key, int times, double perSecond, double burst) =>
        Enumerable.Range(0, times).Count(_ => buckets.Take(key, perSecond, burst).IsAllowed);
}
