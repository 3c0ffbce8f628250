using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Observing;

namespace Streaming.ModuleTests.Platform.Observing;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LiveBoardTests : IDisposable
{
    private static readonly Advice _advice = new("Mend it.", "mending.md");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Pump _pump = new();
    private readonly Recorder _recorder;
    private readonly LiveBoard _board;

    public LiveBoardTests()
    {
        _recorder = new Recorder(_clock, NullLogger<Recorder>.Instance);
        _recorder.Add(Line.Gauge("water", () => _pump.Water));
        _board = new LiveBoard(_recorder, [_pump]);
    }

    [Test]
    public void An_alert_keeps_its_beginning_and_is_remembered_when_it_is_over()
    {
        Pass(1);
        Assert.That(_board.Headline, Is.EqualTo("Everything is all right"));
        _pump.Wrong = [new Alert("dry", "pump", AlertLevel.Attention, "It runs dry", _advice)];
        Pass(1);
        var since = _recorder.Second;
        Pass(30);
        Assert.That((_board.Alerts.Single().Since, _board.Headline), Is.EqualTo((since, "It works, but one thing needs a look")));
        _pump.Wrong = [];
        Pass(1);
        Assert.That(_board.Alerts, Is.Empty);
        Pass(10);

        using var snapshot = JsonDocument.Parse(_board.Snapshot(isFine: true, 900, []));
        var over = snapshot.RootElement.GetProperty("beat").GetProperty("parts").GetProperty("over")[0];
        Assert.That((over.GetProperty("since").GetInt64(), over.GetProperty("until").GetInt64()), Is.EqualTo((since, since + 31)));
    }

    [Test]
    public void One_that_comes_and_goes_is_one()
    {
        for (var turn = 0; turn < 20; turn++)
        {
            _pump.Wrong = turn % 2 == 0 ? [new Alert("dry", "pump", AlertLevel.Failure, "It runs dry", _advice)] : [];
            Pass(3);
        }

        Pass(20);
        using var snapshot = JsonDocument.Parse(_board.Snapshot(isFine: true, 900, []));
        Assert.That(snapshot.RootElement.GetProperty("beat").GetProperty("parts").GetProperty("over").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public void The_worst_comes_first_and_names_the_whole()
    {
        _pump.Wrong =
        [
            new Alert("a", "pump", AlertLevel.Attention, "A", _advice), new Alert("b", "pump", AlertLevel.Failure, "B", _advice), new Alert("c", "pump", AlertLevel.Failure, "C", _advice),
        ];
        Pass(1);
        Assert.That((_board.Alerts[0].Alert.Key, _board.Headline), Is.EqualTo(("b", "2 things do not work")));
    }

    [Test]
    public async Task Whoever_watches_gets_the_newest_second_and_of_the_rest_what_has_changed()
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var beats = _board.Beats(end.Token).GetAsyncEnumerator(end.Token);
        Pass(1);
        Assert.That(await Next(beats), Does.ContainKey("headline").And.ContainKey("panel:pump"));

        _pump.Water = 3;
        Pass(5);
        var second = await Next(beats);
        Assert.That(second, Does.Not.ContainKey("headline").And.ContainKey("panel:pump"), "five seconds passed, and one beat tells them");

        Pass(1);
        Assert.That(await Next(beats), Is.Empty);
    }

    [Test]
    public async Task A_watch_ends_when_it_is_told_to()
    {
        using var end = new CancellationTokenSource();
        await using var beats = _board.Beats(end.Token).GetAsyncEnumerator(CancellationToken.None);
        Assert.That(await beats.MoveNextAsync(), Is.True);
        var next = beats.MoveNextAsync().AsTask();
        await end.CancelAsync();
        Assert.That(await next.WaitAsync(TimeSpan.FromSeconds(20)), Is.False);
    }

    [Test]
    public void No_more_than_so_many_watch()
    {
        Assert.That(Enumerable.Range(0, 5).Select(_ => _board.TryWatch(most: 3)), Is.EqualTo(new[] { true, true, true, false, false }));
        _board.Leave();
        Assert.That(_board.TryWatch(most: 3), Is.True);
    }

    public void Dispose()
    {
        _board.Dispose();
        _recorder.Dispose();
    }

    private async Task<Dictionary<string, JsonElement>> Next(IAsyncEnumerator<string> beats)
    {
        Assert.That(await beats.MoveNextAsync(), Is.True);
        var beat = JsonDocument.Parse(beats.Current).RootElement;
        Assert.That((beat.GetProperty("at").GetInt64(), beat.GetProperty("point").GetProperty("water").GetDouble()), Is.EqualTo((_recorder.Second, _pump.Water)));
        return beat.GetProperty("parts").Deserialize<Dictionary<string, JsonElement>>()!;
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _recorder.Look();
        }
    }

    private sealed class Pump : IOperationsPanel
    {
        public double Water { get; set; } = 1;

        public IReadOnlyList<Alert> Wrong { get; set; } = [];

        public string Key => "pump";

        public string Heading => "Pump";

        public int Order => 1;

        public IReadOnlyList<PanelColumn> Columns => [new("Water", "count")];

        public PanelView Read() => new("Runs", [new PanelRow("it", [Water])]);

        public IEnumerable<Alert> Look() => Wrong;
    }
}
