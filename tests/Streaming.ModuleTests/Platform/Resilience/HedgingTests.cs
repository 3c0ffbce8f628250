using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Platform.Resilience;

/// <summary>A second attempt beside one that takes longer than is usual.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class HedgingTests
{
    private static readonly TimeSpan _usual = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _clock = new();
    private readonly List<TaskCompletionSource<string>> _attempts = [];
    private readonly List<CancellationToken> _tokens = [];
    private readonly Lock _gate = new();
    private Dependency _dependency = null!;

    [SetUp]
    public async Task Learn()
    {
        _dependency = new Dependency("test", "it", new ResiliencePolicy { Hedge = 95 }, _clock, (_, _) => { });
        for (var call = 0; call < 40; call++)
            await _dependency.Try(
                static (clock, _) =>
                {
                    clock.Advance(_usual);
                    return ValueTask.FromResult("usual");
                }, _clock, isQuestion: true, default);
    }

    [Test]
    public async Task What_takes_longer_than_usual_is_asked_once_more_and_the_first_good_answer_wins()
    {
        var call = Ask();
        _clock.Advance(_usual - TimeSpan.FromMilliseconds(1));
        Assert.That(_attempts, Has.Count.EqualTo(1));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Until(() => Attempts() == 2);
        _attempts[1].SetResult("second");

        Assert.That((await call.WaitAsync(_patience)).Result, Is.EqualTo("second"));
        Assert.That(_tokens[0].IsCancellationRequested, "the other one has been told to stop");
        Assert.That((_dependency.Counts.Hedged, _dependency.Counts.HedgesWon), Is.EqualTo((1, 1)));
        Assert.That((_dependency.Counts.Succeeded, _dependency.Counts.Failed, _dependency.Counts.Retried), Is.EqualTo((41, 0, 0)), "one call, and no failure");
        Assert.That(_dependency.Active, Is.Zero);
    }

    [Test]
    public async Task The_first_attempt_may_still_win()
    {
        var call = await Hedged();
        _attempts[0].SetResult("first");
        Assert.That((await call.WaitAsync(_patience)).Result, Is.EqualTo("first"));
        Assert.That(_tokens[1].IsCancellationRequested);
        Assert.That((_dependency.Counts.Hedged, _dependency.Counts.HedgesWon), Is.EqualTo((1, 0)));
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task An_attempt_that_fails_leaves_it_to_the_other(int failing)
    {
        var call = await Hedged();
        _attempts[failing].SetException(new InvalidOperationException("It is down."));
        await Task.Delay(20);
        Assert.That(call.IsCompleted, Is.False);
        _attempts[1 - failing].SetResult("answer");
        Assert.That((await call.WaitAsync(_patience)).Result, Is.EqualTo("answer"));
    }

    [Test]
    public async Task Where_both_fail_it_is_one_failure_of_the_call_and_two_in_the_eyes_of_the_circuit()
    {
        _dependency.Use(new ResiliencePolicy { Hedge = 95, BreakerInARow = 2, BreakerQuietBelow = 0 });
        var call = await Hedged();
        _attempts[1].SetException(new InvalidOperationException("second"));
        _attempts[0].SetException(new InvalidOperationException("first"));
        Assert.That((await call.WaitAsync(_patience)).Exception, Has.Message.EqualTo("first"));
        Assert.That(_dependency.Counts.Failed, Is.EqualTo(1));
        Assert.That(_dependency.State, Is.EqualTo(CircuitState.Open), "it opens at two failures");
    }

    [Test]
    public async Task An_order_is_never_asked_twice_at_once()
    {
        var call = Ask(isQuestion: false);
        _clock.Advance(_usual * 20);
        await Task.Delay(30);
        Assert.That(_attempts, Has.Count.EqualTo(1));
        _attempts[0].SetResult("answer");
        Assert.That((await call.WaitAsync(_patience)).Result, Is.EqualTo("answer"));
    }

    [Test]
    public async Task While_too_little_is_known_nothing_is_hedged()
    {
        _dependency = new Dependency("test", "it", new ResiliencePolicy { Hedge = 95 }, _clock, (_, _) => { });
        var call = Ask();
        _clock.Advance(_usual * 20);
        await Task.Delay(30);
        Assert.That(_attempts, Has.Count.EqualTo(1));
        _attempts[0].SetResult("answer");
        await call.WaitAsync(_patience);
    }

    [Test]
    public async Task Who_gives_up_stops_both()
    {
        using var stop = new CancellationTokenSource();
        var call = Ask(stop.Token);
        _clock.Advance(_usual);
        await Until(() => Attempts() == 2);
        await stop.CancelAsync();
        Assert.That((await call.WaitAsync(_patience)).Exception, Is.InstanceOf<OperationCanceledException>());
        Assert.That(_tokens, Has.All.Property(nameof(CancellationToken.IsCancellationRequested)).True);
        Assert.That(_dependency.Counts.Failed, Is.Zero);
    }

    [Test]
    public async Task Of_fifty_that_are_slow_at_once_a_fifth_is_asked_again()
    {
        var calls = Enumerable.Range(0, 50).Select(_ => Ask()).ToArray();
        _clock.Advance(_usual);
        await Until(() => Attempts() == 60);
        await Task.Delay(50);
        Assert.That(Attempts(), Is.EqualTo(60));
        foreach (var attempt in _attempts) attempt.TrySetResult("answer");
        await Task.WhenAll(calls).WaitAsync(_patience);
        Assert.That((_dependency.Counts.Hedged, _dependency.Active), Is.EqualTo((10, 0)));
        Assert.That(_dependency.Budget.TryTake(), "every place has been given back");
    }

    private async Task<Task<Polly.Outcome<string>>> Hedged()
    {
        var call = Ask();
        _clock.Advance(_usual);
        await Until(() => Attempts() == 2);
        return call;
    }

    private Task<Polly.Outcome<string>> Ask(bool isQuestion) => _dependency.Try(static (test, ct) => test.Attempt(ct), this, isQuestion, default).AsTask();

    private Task<Polly.Outcome<string>> Ask(CancellationToken ct = default) => _dependency.Try(static (test, ct) => test.Attempt(ct), this, isQuestion: true, ct).AsTask();

    private ValueTask<string> Attempt(CancellationToken ct)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _attempts.Add(answer);
            _tokens.Add(ct);
        }

        return new ValueTask<string>(answer.Task);
    }

    private int Attempts()
    {
        lock (_gate) return _attempts.Count;
    }

    private static async Task Until(Func<bool> reached)
    {
        for (var i = 0; i < 2000 && !reached(); i++) await Task.Delay(10);
        Assert.That(reached());
    }
}
