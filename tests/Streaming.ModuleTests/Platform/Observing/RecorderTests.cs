using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Observing;

namespace Streaming.ModuleTests.Platform.Observing;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RecorderTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Recorder _recorder;

    public RecorderTests() => _recorder = new Recorder(_clock, NullLogger<Recorder>.Instance);

    [Test]
    public void A_count_is_drawn_as_so_many_a_second_and_a_late_look_does_not_make_it_more()
    {
        var count = 0;
        _recorder.Add(Line.Rate("requests", () => count));

        count = 40;
        Pass(1);
        count = 100;
        Pass(1.5);
        Pass(0.1);

        var (_, values) = _recorder.History(_recorder["requests"]!, isFine: true, 10);
        Assert.That(values, Is.EqualTo(new[] { 40f, 40f }));
    }

    [Test]
    public void A_look_that_is_a_second_late_stands_for_that_one_as_well()
    {
        var count = 0;
        _recorder.Add(Line.Rate("requests", () => count));
        count = 60;
        Pass(2);
        Assert.That(_recorder.History(_recorder["requests"]!, isFine: true, 10).Values, Is.EqualTo(new[] { 30f, 30f }));
    }

    [Test]
    public void Seconds_in_which_nobody_looked_are_gaps()
    {
        _recorder.Add(Line.Gauge("threads", () => 7));
        Pass(1);
        Pass(4);

        var (from, values) = _recorder.History(_recorder["threads"]!, isFine: true, 10);
        Assert.That(values, Is.EqualTo(new[] { 7f, float.NaN, float.NaN, float.NaN, 7f }));
        Assert.That(from, Is.EqualTo(_recorder.Second - 4));
    }

    [Test]
    public void After_a_quarter_of_an_hour_seconds_make_room_and_tens_of_seconds_stay()
    {
        var second = 0d;
        _recorder.Add(Line.Gauge("clock", () => second));
        for (; second < 1_200; second++) Pass(1);

        var line = _recorder["clock"]!;
        var (_, fine) = _recorder.History(line, isFine: true, 5_000);
        Assert.That((fine.Length, fine[0], fine[^1]), Is.EqualTo((Recorder.FineSlots, 300f, 1_199f)));
        var (from, coarse) = _recorder.History(line, isFine: false, 5_000);
        Assert.That(coarse.Length, Is.EqualTo(120).Within(1));
        Assert.That(from % Recorder.Coarse, Is.Zero);
        // The ten from 12:10:00: looked at in its first to its tenth second, when the line stood at 599 to 608.
        Assert.That(coarse[60], Is.EqualTo(603.5f).Within(0.1));
    }

    [Test]
    public void A_percentile_is_that_of_its_own_second_and_of_its_own_ten_seconds()
    {
        var took = new LatencyHistogram();
        _recorder.Add(Line.Percentile("p99", _recorder.Distribution(counts => took.AddTo(counts)), 99));
        for (var i = 0; i < 50; i++) took.Add(TimeSpan.FromMilliseconds(500));
        Pass(1);
        for (var second = 2; second <= 20; second++)
        {
            for (var i = 0; i < 1_000; i++) took.Add(TimeSpan.FromMilliseconds(2));
            Pass(1);
        }

        var line = _recorder["p99"]!;
        var (_, fine) = _recorder.History(line, isFine: true, 100);
        Assert.That(fine[0], Is.EqualTo(500).Within(500 / 32d));
        Assert.That(fine[1..], Is.All.EqualTo(2).Within(2 / 32d), "a second that was slow is over when it is over");
        var (_, coarse) = _recorder.History(line, isFine: false, 100);
        // 50 slow of 8,050 in the first ten seconds are less than a hundredth.
        Assert.That(coarse, Is.All.EqualTo(2).Within(2 / 32d));
    }

    [Test]
    public void A_second_in_which_nothing_took_place_has_no_percentile()
    {
        _recorder.Add(Line.Percentile("p99", _recorder.Distribution(_ => { }), 99));
        Pass(1);
        Assert.That(_recorder["p99"]!.Latest, Is.Null);
    }

    [Test]
    public void There_are_never_more_lines_than_the_bound()
    {
        _recorder.Add(Enumerable.Range(0, 1_000).Select(i => Line.Gauge($"line-{i}", () => i)));
        Assert.That(_recorder.Lines.Count(), Is.EqualTo(Recorder.MostLines));
        var bytes = Recorder.MostLines * (Recorder.FineSlots + Recorder.CoarseSlots) * sizeof(float);
        Assert.That(bytes, Is.LessThan(10 << 20));
    }

    [Test]
    public void A_clock_that_is_set_back_is_waited_for()
    {
        var clock = new FakeTimeProvider(_clock.GetUtcNow());
        clock.AdjustTime(clock.GetUtcNow().AddSeconds(10));
        using var recorder = new Recorder(clock, NullLogger<Recorder>.Instance);
        recorder.Add(Line.Gauge("one", () => 1));
        recorder.Look();
        Assert.That(recorder.History(recorder["one"]!, isFine: true, 10).Values, Is.Empty);
        clock.Advance(TimeSpan.FromSeconds(1));
        recorder.Look();
        recorder.Look();
        Assert.That(recorder.History(recorder["one"]!, isFine: true, 10).Values, Is.EqualTo(new[] { 1f }));
    }

    public void Dispose() => _recorder.Dispose();

    private void Pass(double seconds)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _recorder.Look();
    }
}
