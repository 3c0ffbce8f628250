using Microsoft.Extensions.Time.Testing;
using Streaming.Platform.Caching;

namespace Streaming.ModuleTests.Platform.Caching;

/// <summary>Several keys at once, and what is counted of whom; without zones.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ManyTests : IAsyncDisposable
{
    private static readonly CacheLife _life = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private readonly ZoneCache _cache;
    private readonly List<int[]> _asked = [];

    public ManyTests() => _cache = CacheBuilding.Of(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Test]
    public async Task What_is_missing_is_made_by_one_run_and_what_there_is_none_of_stays_out()
    {
        Assert.That(await Years(1, 2, 3), Is.EqualTo([1, 2, 3]));
        Assert.That(await Years(3, 4, 404, 1), Is.EqualTo(new int?[] { 3, 4, null, 1 }));
        Assert.That(await Years(1, 2, 3, 4), Is.EqualTo([1, 2, 3, 4]));
        Assert.That(_asked, Is.EqualTo(new int[][] { [1, 2, 3], [4, 404] }));
    }

    [Test]
    public async Task Of_many_who_want_overlapping_keys_each_key_is_loaded_once()
    {
        var answer = new TaskCompletionSource();
        var askers = Enumerable.Range(0, 50).Select(i => Films(async ids =>
        {
            await answer.Task;
            return Made(ids);
        }, [.. Enumerable.Range(i, 20)]).AsTask()).ToArray();
        answer.SetResult();
        var films = await Task.WhenAll(askers);
        Assert.That(films.SelectMany((f, i) => f.Select((film, at) => film!.Year - i - at)), Has.All.Zero);
        Assert.That(_asked.SelectMany(a => a).ToArray(), Is.Unique.And.Length.EqualTo(69));
    }

    [Test]
    public async Task What_is_removed_while_it_is_made_is_not_kept()
    {
        var answer = new TaskCompletionSource();
        var old = Films(async ids =>
        {
            await answer.Task;
            return Made(ids);
        }, 1, 2).AsTask();
        await _cache.Remove("films:many:1", default);
        var asked = Films(ids => new(ids.ToDictionary(i => i, i => new Film("new", 100 + i))), 1, 2).AsTask();
        answer.SetResult();
        Assert.That((await asked).Select(f => f!.Year), Is.EqualTo([101, 2]), "the second one was not removed, and is waited for");
        await old;
        Assert.That((await Years(1, 2)), Is.EqualTo([101, 2]));
    }

    [Test]
    public async Task What_is_due_is_made_anew_meanwhile_together_with_what_soon_will_be()
    {
        int[] all = [.. Enumerable.Range(1, 40)];
        await Years(all);
        _clock.Advance(TimeSpan.FromSeconds(60)); // lives differ by a tenth, so of some the end is past and of some it is to come
        Assert.That(await Years(all), Is.EqualTo(all));
        for (var i = 0; i < 200 && _cache.Report().Source.Loads < 2; i++) await Task.Delay(10);
        for (var i = 0; i < 200 && _cache.Report().Source.Active > 0; i++) await Task.Delay(10);
        Assert.That(_asked, Has.Count.EqualTo(2));
        Assert.That(_asked[1], Is.EquivalentTo(all));
        Assert.That(_cache.Report().StaleHits, Is.InRange(1, 39));
    }

    [Test]
    public async Task A_run_that_fails_is_everybodys_failure_and_the_next_one_tries_again()
    {
        Assert.That(async () => await Films(_ => throw new InvalidOperationException("not now"), 1, 2), Throws.InvalidOperationException);
        Assert.That(await Years(1, 2), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task A_value_that_may_not_be_kept_is_answered_and_gone()
    {
        for (var i = 0; i < 2; i++)
        {
            var passing = await _cache.GetOrCreate("films:passing:1", 1, static (_, _) => new ValueTask<Passing?>(new Passing()), _life, default);
            Assert.That(passing, Is.Not.Null);
        }

        Assert.That(_cache.Report().Source.Loads, Is.EqualTo(2));
    }

    [Test]
    public async Task Reads_are_counted_by_what_they_are_for()
    {
        await Years(1, 2, 3);
        await Years(1, 2, 3);
        await _cache.Film("films:single:1", _ => new(new Film("", 1)));
        await _cache.Film("no name", _ => new(new Film("", 1)));
        _cache.Use("films:elsewhere").Hit();
        var uses = _cache.Report().Uses.Select(u => (u.Use, u.LocalHits, u.Misses));
        Assert.That(uses, Is.EqualTo(new[] { ("films:elsewhere", 1L, 0L), ("films:many", 3L, 3L), ("films:single", 0L, 1L), ("other", 0L, 1L) }));
        Assert.That((_cache.Report().Reads, _cache.Report().Hits), Is.EqualTo((9, 4)));
    }

    [Test]
    public async Task There_is_an_end_to_the_uses_that_are_told_apart()
    {
        for (var i = 0; i < 1000; i++) await _cache.Film($"films:{i}:1", _ => new(new Film("", 1)));
        Assert.That(_cache.Report().Uses, Has.Count.EqualTo(CacheUses.Most + 1));
        Assert.That(_cache.Report().Uses.Single(u => u.Use == CacheUses.Other).Misses, Is.EqualTo(1000 - CacheUses.Most));
    }

    private async Task<int?[]> Years(params int[] ids) => [.. (await Films(ids => new(Made(ids)), ids)).Select(f => f?.Year)];

    private static Dictionary<int, Film> Made(IReadOnlyList<int> ids) => ids.Where(i => i != 404).ToDictionary(i => i, i => new Film("film", i));

    private ValueTask<Film?[]> Films(Func<IReadOnlyList<int>, ValueTask<IReadOnlyDictionary<int, Film>>> make, params int[] ids) =>
        _cache.GetOrCreateMany(ids, i => $"films:many:{i}", make, (make, missing, _) =>
        {
            lock (_asked) _asked.Add([.. missing]);
            return make(missing);
        }, _life, default);

    private sealed record Passing : ICacheChoice
    {
        public bool IsKept => false;
    }
}
