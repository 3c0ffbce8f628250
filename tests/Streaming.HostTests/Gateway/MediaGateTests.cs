using Microsoft.Extensions.Time.Testing;
using Streaming.Host.Gateway.Shedding;

namespace Streaming.HostTests.Gateway;

public sealed class MediaGateTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Answers_under_way_are_bounded_in_all_and_for_one_address()
    {
        using var settings = Settings.Of(("gateway:media:connections", "3"), ("gateway:media:connectionsPerAddress", "2"));
        var gate = new MediaGate(settings, _clock);
        Assert.That((gate.TryEnter(1), gate.TryEnter(1), gate.TryEnter(1)), Is.EqualTo((true, true, false)));
        Assert.That((gate.TryEnter(2), gate.TryEnter(3)), Is.EqualTo((true, false)));

        gate.Leave(1, 1000);
        Assert.That((gate.TryEnter(3), gate.UnderWay), Is.EqualTo((true, 3)));
    }

    [Test]
    public void Bytes_sent_are_paid_for_before_more_are_begun()
    {
        using var settings = Settings.Of(("gateway:media:bytesPerSecond", "1000"));
        var gate = new MediaGate(settings, _clock);
        Assert.That(gate.TryEnter(1), Is.True);
        gate.Leave(1, 2500);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(gate.TryEnter(1), Is.False, "half a second is still owed");
        _clock.Advance(TimeSpan.FromSeconds(0.6));
        Assert.That(gate.TryEnter(1), Is.True);
    }
}
