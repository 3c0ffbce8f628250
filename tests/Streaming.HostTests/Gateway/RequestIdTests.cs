using Microsoft.Extensions.Time.Testing;
using Streaming.Host.Gateway;

namespace Streaming.HostTests.Gateway;

public class RequestIdTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));

    [Test]
    public void An_id_is_a_version_7_uuid_of_its_moment()
    {
        var id = Guid.Parse(new RequestIds(_clock).Next());
        var milliseconds = Convert.ToInt64(id.ToString("N")[..12], 16);

        Assert.That((id.Version, id.Variant >> 2, milliseconds), Is.EqualTo((7, 2, _clock.GetUtcNow().ToUnixTimeMilliseconds())));
    }

    [Test]
    public void No_two_are_alike_in_one_millisecond_on_many_threads()
    {
        var ids = new RequestIds(_clock);

        Assert.That(Enumerable.Range(0, 100_000).AsParallel().Select(_ => ids.Next()).ToHashSet(), Has.Count.EqualTo(100_000));
    }

    [Test]
    public void Later_ones_sort_behind()
    {
        var ids = new RequestIds(_clock);
        var first = ids.Next();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.That(string.CompareOrdinal(ids.Next(), first), Is.Positive);
    }
}
