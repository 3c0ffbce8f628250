using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Streaming.Kernel;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Platform.Resilience;

/// <summary>What a dependency that fails, hangs or comes back does to its callers.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DependencyTests
{
    private readonly FakeTimeProvider _clock = new();
    private int _executed;

    [Test]
    public async Task The_circuit_opens_on_the_twentieth_failure_and_refuses_from_then_on()
    {
        var dependency = Made(new ResiliencePolicy());
        for (var call = 1; call <= 30; call++)
        {
            await dependency.Try(Fail, this, default);
            Assert.That(dependency.State, Is.EqualTo(call < 20 ? CircuitState.Closed : CircuitState.Open), $"after call {call}");
        }

        Assert.That(_executed, Is.EqualTo(20));
        Assert.That((dependency.Counts.Failed, dependency.Counts.WereRefused), Is.EqualTo((20, 10)));
    }

    [Test]
    public async Task Of_fifty_at_once_one_may_try_after_the_sleep_and_its_success_closes_the_circuit()
    {
        var dependency = Made(new ResiliencePolicy());
        for (var call = 0; call < 20; call++) await dependency.Try(Fail, this, default);
        _clock.Advance(TimeSpan.FromSeconds(5.01));

        var answer = new TaskCompletionSource<int>();
        var before = _executed;
        var calls = Enumerable.Range(0, 50).Select(_ => dependency.Try(
            (_, _) =>
            {
                Interlocked.Increment(ref _executed);
                return new ValueTask<int>(answer.Task);
            }, this, default).AsTask()).ToArray();
        answer.SetResult(1);
        var outcomes = await Task.WhenAll(calls);

        Assert.That(_executed - before, Is.EqualTo(1));
        Assert.That(outcomes.Count(o => o.Exception is BrokenCircuitException), Is.EqualTo(49));
        Assert.That(dependency.State, Is.EqualTo(CircuitState.Closed));
    }

    [TestCase(0, Description = "the circuit by ratio")]
    [TestCase(5, Description = "the circuit by failures in a row")]
    public async Task A_probe_that_its_caller_gives_up_closes_nothing_and_the_next_call_may_try_at_once(int inARow)
    {
        var told = new List<CircuitState>();
        var policy = new ResiliencePolicy { BreakerInARow = inARow, BreakerQuietBelow = 0 };
        var dependency = new Dependency("test", "it", policy, _clock, (_, state) => told.Add(state));
        for (var call = 0; call < 20; call++) await dependency.Try(Fail, this, default);
        _clock.Advance(TimeSpan.FromSeconds(5.01));

        for (var impatient = 0; impatient < 3; impatient++)
        {
            using var gone = new CancellationTokenSource();
            var probe = dependency.Try(static async (_, ct) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                return 1;
            }, this, gone.Token).AsTask();
            Assert.That((await dependency.Try(Answer, this, default)).Exception, Is.InstanceOf<BrokenCircuitException>(), "one at a time");
            await gone.CancelAsync();
            Assert.That((await probe).Exception, Is.InstanceOf<OperationCanceledException>());
            Assert.That(dependency.State, Is.Not.EqualTo(CircuitState.Closed));
        }

        Assert.That((told.Count(s => s == CircuitState.Open), told.Count(s => s == CircuitState.Closed)), Is.EqualTo((1, 0)));
        Assert.That((await dependency.Try(Answer, this, default)).Exception, Is.Null);
        Assert.That(dependency.State, Is.EqualTo(CircuitState.Closed));
    }

    [Test]
    public async Task A_dependency_too_quiet_for_the_ratio_is_left_alone_after_five_failures_in_a_row()
    {
        var dependency = Made(new ResiliencePolicy());
        for (var call = 0; call < 24; call++)
        {
            await dependency.Try(Fail, this, default);
            _clock.Advance(TimeSpan.FromSeconds(1 / 1.7));
        }

        // Five, and one more each time that the sleep of 5 s is over.
        Assert.That(_executed, Is.EqualTo(5 + 2));
    }

    [Test]
    public async Task What_one_circuit_refuses_is_no_failure_in_the_eyes_of_the_other()
    {
        var dependency = Made(new ResiliencePolicy { BreakerInARow = 2, BreakerQuietBelow = 0, BreakerCalls = 5, BreakerSleepMs = 500 });
        for (var call = 0; call < 2; call++) await dependency.Try(Fail, this, default);
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        for (var call = 0; call < 10; call++) await dependency.Try(Answer, this, default);
        Assert.That((_executed, dependency.Counts.WereRefused), Is.EqualTo((2, 10)));

        _clock.Advance(TimeSpan.FromMilliseconds(101));
        Assert.That((await dependency.Try(Answer, this, default)).Exception, Is.Null, "it slept for 500 ms and not for twice as long");
        Assert.That(dependency.State, Is.EqualTo(CircuitState.Closed));
    }

    [Test]
    public async Task Calls_that_fail_once_it_is_open_neither_prolong_its_sleep_nor_tell_of_it_again()
    {
        var told = new List<CircuitState>();
        var policy = new ResiliencePolicy { BreakerInARow = 2, BreakerQuietBelow = 0, BreakerSleepMs = 500 };
        var dependency = new Dependency("test", "it", policy, _clock, (_, state) => told.Add(state));
        var late = new TaskCompletionSource<int>();
        var underWay = dependency.Try((_, _) => new ValueTask<int>(late.Task), this, default).AsTask();
        for (var call = 0; call < 2; call++) await dependency.Try(Fail, this, default);
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        late.SetException(new InvalidOperationException("It is down."));
        await underWay;

        Assert.That(told, Is.EqualTo(new[] { CircuitState.Open }));
        _clock.Advance(TimeSpan.FromMilliseconds(101));
        Assert.That((await dependency.Try(Answer, this, default)).Exception, Is.Null);
    }

    [Test]
    public async Task A_success_in_between_starts_the_row_anew()
    {
        var dependency = Made(new ResiliencePolicy());
        for (var call = 0; call < 12; call++)
        {
            if (call % 4 == 3) await dependency.Try(Answer, this, default);
            else await dependency.Try(Fail, this, default);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That((_executed, dependency.State), Is.EqualTo((12, CircuitState.Closed)));
    }

    [Test]
    public async Task What_the_caller_did_wrong_or_gave_up_is_no_failure_of_the_dependency()
    {
        var dependency = Made(new ResiliencePolicy());
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        for (var call = 0; call < 40; call++)
        {
            await dependency.Try(static (_, _) => ValueTask.FromResult<Result<int>>(Error.NotFound("title", 1)), this, default);
            await dependency.Try(static (_, ct) => ValueTask.FromCanceled<int>(ct), this, gone.Token);
        }

        Assert.That((dependency.State, dependency.Counts.Failed, dependency.Counts.Succeeded), Is.EqualTo((CircuitState.Closed, 0, 40)));
    }

    [Test]
    public async Task Errors_of_the_dependency_count_as_failures()
    {
        var dependency = Made(new ResiliencePolicy());
        for (var call = 0; call < 20; call++)
            await dependency.Try(static (_, _) => ValueTask.FromResult<Result<int>>(Error.Unavailable("down", "It is down.")), this, default);

        Assert.That(dependency.State, Is.EqualTo(CircuitState.Open));
    }

    [Test]
    public async Task A_call_that_ignores_its_token_holds_nobody()
    {
        var dependency = Made(new ResiliencePolicy { TimeoutMs = 100 });
        var never = new TaskCompletionSource<int>();
        var call = dependency.Try((_, _) => new ValueTask<int>(never.Task), this, default).AsTask();
        Assert.That(call.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromMilliseconds(101));

        Assert.That((await call.WaitAsync(TimeSpan.FromSeconds(10))).Exception, Is.InstanceOf<TimeoutRejectedException>());
        Assert.That(dependency.Counts.TimedOut, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Of_many_that_fail_at_once_a_fifth_is_tried_again()
    {
        var dependency = new Dependency("test", "it", new ResiliencePolicy { Retries = 3, RetryDelayMs = 1, BreakerCalls = 10_000 }, TimeProvider.System, (_, _) => { });
        using var first = new SemaphoreSlim(0);
        using var again = new SemaphoreSlim(0);
        var calls = Enumerable.Range(0, 500).Select(_ => dependency.Try(async (_, ct) =>
        {
            if (Interlocked.Increment(ref _executed) > 500) await again.WaitAsync(ct);
            else await first.WaitAsync(ct);
            return _executed == 0 ? 0 : throw new InvalidOperationException("It is down.");
        }, this, default).AsTask()).ToArray();
        first.Release(500);

        // All that are not tried again have failed for good, and the others wait.
        while (calls.Count(c => c.IsCompleted) < 400 || Volatile.Read(ref _executed) < 600) await Task.Delay(10);
        Assert.That((calls.Count(c => c.IsCompleted), _executed), Is.EqualTo((400, 600)));
        again.Release(1000);
        await Task.WhenAll(calls);
        Assert.That((dependency.Active, dependency.Counts.Retried), Is.EqualTo((0, _executed - 500)));
    }

    [Test]
    public async Task While_it_only_watches_everything_is_called_and_the_circuit_says_what_it_would_be()
    {
        var dependency = Made(new ResiliencePolicy { Monitor = true });
        for (var call = 0; call < 30; call++) await dependency.Try(Fail, this, default);

        Assert.That((_executed, dependency.State), Is.EqualTo((30, CircuitState.Open)));
    }

    [Test]
    public async Task An_operator_closes_and_opens_by_hand()
    {
        var dependency = Made(new ResiliencePolicy());
        await dependency.Isolate();
        Assert.That(async () => await dependency.Call(Answer, this, default), Throws.InstanceOf<BrokenCircuitException>());
        await dependency.Close();
        Assert.That(await dependency.Call(Answer, this, default), Is.EqualTo(1));
    }

#if !DEBUG // In a debug build every asynchronous method has an object for its state.
    [TestCase(0)]
    [TestCase(95, Description = "an order, where questions are hedged")]
    public async Task A_call_that_goes_well_allocates_nothing(double hedge)
    {
        var dependency = new Dependency("test", "it", new ResiliencePolicy { Hedge = hedge }, TimeProvider.System, (_, _) => { });
        Func<string, CancellationToken, ValueTask<string>> answer = static (text, _) => ValueTask.FromResult(text);
        for (var call = 0; call < 2000; call++) await dependency.Try(answer, "", default);
        // Compilation in the background allocates now and then; not in every one of so many runs.
        var least = long.MaxValue;
        for (var run = 0; run < 50; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 100; call++) await dependency.Try(answer, "", default);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.That(least, Is.Zero);
    }
#endif

    private static readonly Func<DependencyTests, CancellationToken, ValueTask<int>> Fail = static (test, _) =>
    {
        Interlocked.Increment(ref test._executed);
        return ValueTask.FromException<int>(new InvalidOperationException("It is down."));
    };

    private static readonly Func<DependencyTests, CancellationToken, ValueTask<int>> Answer = static (test, _) =>
    {
        Interlocked.Increment(ref test._executed);
        return ValueTask.FromResult(1);
    };

    private Dependency Made(ResiliencePolicy policy) => new("test", "it", policy, _clock, (_, _) => { });
}
