using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Caching;

namespace Streaming.ModuleTests.Platform.Caching;

/// <summary>The cache without zones; what holds here of loads, lives and removals holds with zones as well.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MemoryCacheTests : IAsyncDisposable
{
    private static readonly Film _metropolis = new("Metropolis", 1927);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private readonly ZoneCache _cache;
    private int _made;

    public MemoryCacheTests() => _cache = CacheBuilding.Of(_clock, ("cache:source:concurrency", "4"));

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Test]
    public async Task What_was_made_once_is_answered_from_memory()
    {
        for (var i = 0; i < 3; i++) Assert.That(await _cache.Film("film", Make), Is.EqualTo(_metropolis));
        Assert.That(_made, Is.EqualTo(1));
        Assert.That((_cache.Report().Reads, _cache.Report().Hits, _cache.Report().Local.Hits), Is.EqualTo((3, 2, 2)));
        Assert.That(_cache.Report().HitPercent, Is.EqualTo(100.0 * 2 / 3));
    }

    [Test]
    public async Task Two_hundred_at_once_ask_the_source_once()
    {
        var answer = new TaskCompletionSource<Film?>();
        var askers = Enumerable.Range(0, 200).Select(_ => _cache.Film("film", _ =>
        {
            Interlocked.Increment(ref _made);
            return new(answer.Task);
        }).AsTask()).ToArray();
        answer.SetResult(_metropolis);

        Assert.That(await Task.WhenAll(askers), Has.All.EqualTo(_metropolis));
        Assert.That(_made, Is.EqualTo(1));
        Assert.That(_cache.Report().Source.Joined, Is.EqualTo(199));
    }

    [Test]
    public async Task Who_stops_waiting_takes_nobody_else_along()
    {
        var answer = new TaskCompletionSource<Film?>();
        using var impatient = new CancellationTokenSource();
        var first = _cache.Film("film", _ => new(answer.Task), ct: impatient.Token).AsTask();
        var second = _cache.Film("film", _ => new(answer.Task)).AsTask();
        await impatient.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
        answer.SetResult(_metropolis);
        Assert.That(await second, Is.EqualTo(_metropolis));
    }

    [Test]
    public async Task Past_its_soft_life_a_value_is_answered_at_once_and_made_anew_meanwhile()
    {
        await _cache.Film("film", Make);
        _clock.Advance(TimeSpan.FromMinutes(70));
        var answer = new TaskCompletionSource<Film?>();
        for (var i = 0; i < 5; i++) Assert.That(await _cache.Film("film", _ => new(answer.Task)), Is.EqualTo(_metropolis));
        answer.SetResult(new Film("Metropolis, restored", 2010));
        await Until(() => _cache.Film("film", Fail), film => film!.Year == 2010);

        Assert.That(_cache.Report().Source, Has.Property(nameof(SourceReport.Refreshes)).EqualTo(1));
        Assert.That(_cache.Report().StaleHits, Is.GreaterThanOrEqualTo(5));
    }

    [Test]
    public async Task A_refresh_that_fails_leaves_the_value_until_its_hard_end()
    {
        await _cache.Film("film", Make);
        _clock.Advance(TimeSpan.FromMinutes(70));
        Assert.That(await _cache.Film("film", Fail), Is.EqualTo(_metropolis));
        await Until(() => new ValueTask<long>(_cache.Report().Source.Failed), failed => failed == 1);
        Assert.That(await _cache.Get<Film>("film", default), Is.EqualTo(_metropolis));

        _clock.Advance(TimeSpan.FromMinutes(70));
        Assert.That(await _cache.Get<Film>("film", default), Is.Null);
        Assert.That(async () => await _cache.Film("film", Fail), Throws.InstanceOf<InvalidOperationException>());
    }

    [Test]
    public async Task A_failure_and_a_null_are_not_kept()
    {
        Assert.That(async () => await _cache.Film("film", Fail), Throws.InstanceOf<InvalidOperationException>());
        Assert.That(await _cache.Film("film", _ => default), Is.Null);
        Assert.That(await _cache.Film("film", Make), Is.EqualTo(_metropolis));
    }

    [Test]
    public async Task What_is_removed_while_the_source_answers_is_not_kept([Values] bool byTag)
    {
        var answer = new TaskCompletionSource<Film?>();
        var asker = _cache.Film("film", _ => new(answer.Task), CacheBuilding.Hour.Tagged("studio:ufa")).AsTask();
        if (byTag) await _cache.Invalidate("studio:ufa", default);
        else await _cache.Remove("film", default);
        var later = _cache.Film("film", _ => new(new Film("Metropolis, cut", 1928))).AsTask();
        answer.SetResult(_metropolis);

        Assert.That(await asker, Is.EqualTo(_metropolis), "who asked before may be told what was");
        Assert.That((await later)!.Year, Is.EqualTo(1928), "who asks after is not");
        Assert.That((await _cache.Get<Film>("film", default))?.Year, Is.EqualTo(1928));
    }

    [Test]
    public async Task A_value_that_is_set_while_the_source_answers_stays()
    {
        var answer = new TaskCompletionSource<Film?>();
        var asker = _cache.Film("film", _ => new(answer.Task)).AsTask();
        await _cache.Set("film", new Film("Metropolis, cut", 1928), CacheBuilding.Hour, default);
        answer.SetResult(_metropolis);
        await asker;
        Assert.That((await _cache.Get<Film>("film", default))!.Year, Is.EqualTo(1928));
    }

    [Test]
    public async Task A_tag_takes_what_carries_it_and_nothing_else()
    {
        await _cache.Set("a", _metropolis, CacheBuilding.Hour.Tagged("ufa", "lang"), default);
        await _cache.Set("b", _metropolis, CacheBuilding.Hour.Tagged("ufa"), default);
        await _cache.Invalidate("lang", default);
        Assert.That(await _cache.Get<Film>("a", default), Is.Null);
        Assert.That(await _cache.Get<Film>("b", default), Is.EqualTo(_metropolis));

        await _cache.Set("a", _metropolis, CacheBuilding.Hour.Tagged("lang"), default);
        Assert.That(await _cache.Get<Film>("a", default), Is.EqualTo(_metropolis), "what is set after lives");
    }

    [Test]
    public async Task The_source_is_asked_for_no_more_than_four_things_at_once()
    {
        var askers = Enumerable.Range(0, 40).Select(i => _cache.Film($"film {i}", async ct =>
        {
            await Task.Delay(5, ct);
            return _metropolis;
        }).AsTask());
        await Task.WhenAll(askers);
        Assert.That(_cache.Report().Source, Has.Property(nameof(SourceReport.MostActive)).EqualTo(4));
        Assert.That(_cache.Report().Source, Has.Property(nameof(SourceReport.Loads)).EqualTo(40));
    }

    [Test]
    public async Task What_a_load_loads_in_turn_runs_in_its_place()
    {
        using var arrived = new CountdownEvent(4);
        var all = new TaskCompletionSource();
        var askers = Enumerable.Range(0, 8).Select(i => _cache.Film($"row {i}", async ct =>
        {
            if (!arrived.IsSet && arrived.Signal()) all.SetResult();
            await all.Task.WaitAsync(ct);
            return await _cache.Film($"film {i}", _ => new(_metropolis), ct: ct);
        }).AsTask());

        Assert.That(await Task.WhenAll(askers).WaitAsync(TimeSpan.FromSeconds(20)), Is.All.EqualTo(_metropolis), "with all four places taken by those that wait for another one");
        Assert.That(_cache.Report().Source, Has.Property(nameof(SourceReport.MostActive)).EqualTo(4));
    }

    [Test]
    public async Task A_source_that_does_not_answer_is_given_up()
    {
        var asker = _cache.Film("film", async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return null;
        }).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.That(async () => await asker, Throws.InstanceOf<TimeoutException>().With.Message.Contains("cache:source:timeoutMs"));
    }

    [Test]
    public async Task What_was_made_together_does_not_end_together()
    {
        for (var i = 0; i < 200; i++) await _cache.Set($"film {i}", _metropolis, CacheBuilding.Hour, default);
        async Task<int> Alive(TimeSpan ahead)
        {
            _clock.Advance(ahead);
            var alive = 0;
            for (var i = 0; i < 200; i++) alive += await _cache.Get<Film>($"film {i}", default) is null ? 0 : 1;
            return alive;
        }

        Assert.That(await Alive(TimeSpan.FromMinutes(107)), Is.EqualTo(200));
        Assert.That(await Alive(TimeSpan.FromMinutes(13)), Is.InRange(50, 150));
        Assert.That(await Alive(TimeSpan.FromMinutes(13)), Is.Zero);
    }

    [Test]
    public void A_life_that_ends_before_it_is_stale_is_refused() =>
        Assert.That(async () => await _cache.Film("film", Make, new CacheLife(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1))), Throws.InstanceOf<ArgumentException>());

    private ValueTask<Film?> Make(CancellationToken ct)
    {
        Interlocked.Increment(ref _made);
        return new(_metropolis);
    }

    private static ValueTask<Film?> Fail(CancellationToken ct) => ValueTask.FromException<Film?>(new InvalidOperationException("the source is down"));

    private static async Task Until<T>(Func<ValueTask<T>> ask, Func<T, bool> isSo)
    {
        for (var i = 0; i < 500; i++)
        {
            if (isSo(await ask())) return;
            await Task.Delay(10);
        }

        Assert.Fail("It never came to be.");
    }
}
