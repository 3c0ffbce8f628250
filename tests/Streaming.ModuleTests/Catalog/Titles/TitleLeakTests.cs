using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Wire;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

/// <summary>
/// Maturity × published × window × place, each read by every audience after every other at several hours: what is answered out of the cache is
/// to the byte what the filters of the database let through.
/// </summary>
[TestFixture(Engine.Sqlite)]
[TestFixture(Engine.Postgres)]
internal sealed class TitleLeakTests(Engine engine)
{
    private static readonly int[] _ages = [0, 13, 18];
    private static readonly int?[] _limits = [18, 0, 16, 7, 13, null];
    private static readonly int[] _hours = [0, 2, 2, 3]; // on from the last; windows begin at 1 or end at 4

    [Test]
    public async Task Nobody_gets_out_of_the_cache_what_the_database_would_not_tell()
    {
        await using var titles = await TitlesHost.Start(engine, DialMode.InProcess);
        var all = await Fill(titles);
        var compared = 0;
        foreach (var hours in _hours)
        {
            titles.Host.Clock.Advance(TimeSpan.FromHours(hours));
            foreach (var limit in _limits)
            {
                var viewer = limit is { } age ? Viewer(age) : Caller.Anonymous;
                await Compare(titles, all, viewer); // what others have left there
                await Compare(titles, all, viewer); // what is there of its own
                compared++;
            }
        }

        Assert.That(compared, Is.EqualTo(_hours.Length * _limits.Length));
        Assert.That(titles.Use("catalog:title").HitPercent, Is.GreaterThan(50));
    }

    private static async Task<List<Guid>> Fill(TitlesHost titles)
    {
        var now = titles.Host.Clock.GetUtcNow();
        (DateTimeOffset? From, DateTimeOffset? Until)[] windows = [(null, null), (now.AddHours(1), null), (null, now.AddHours(4)), (now.AddHours(1), now.AddHours(4))];
        var (all, number) = (new List<Guid>(), 0);
        foreach (var age in _ages)
            foreach (var (from, until) in windows)
                foreach (var isPublished in new[] { true, false })
                {
                    TitleContent Named(string name, int maturity) =>
                        Content($"{name} {++number}", maturity, "all", $"g{number % 3}") with { AvailableFrom = from, AvailableUntil = until };
                    all.Add(await Made(Named("film", age), TitleKinds.Film, null, isPublished));
                    var series = await Made(Named("series", age), TitleKinds.Series, null, isPublished);
                    all.Add(series);
                    for (var episode = 0; episode < _ages.Length; episode++)
                        all.Add(await Made(
                            Content($"episode {++number}", _ages[episode]) with { AvailableUntil = until }, TitleKinds.Episode, new EpisodePlace(series, 1, episode + 1),
                            isPublished: (number + age) % 4 != 0));
                }

        return all;

        async Task<Guid> Made(TitleContent content, string kind, EpisodePlace? place, bool isPublished)
        {
            var id = await titles.Draft(content, kind, place, playable: false);
            if (kind != TitleKinds.Series) await titles.Attach(id, segments: 2, complete: true);
            if (kind != TitleKinds.Series) await titles.UsePoster(id, $"{number:x2}");
            if (isPublished) Assert.That((await titles.Publish(id)).Error, Is.Null);
            return id;
        }
    }

    private static async Task Compare(TitlesHost titles, List<Guid> all, Caller viewer)
    {
        var allowed = await FromDatabase(titles, viewer, async db => await db.Shown(db.Titles).ToDictionaryAsync(t => t.Title.Id, t => t.Card));
        var cards = (await titles.Host.Send(new GetTitles(all), viewer)).Value.Items;
        Assert.That(Json(cards), Is.EqualTo(Json(all.Where(allowed.ContainsKey).Select(id => allowed[id]).ToList())));

        foreach (var id in all)
        {
            var shown = await titles.Host.Send(new GetTitle(id), viewer);
            Assert.That(shown.IsError, Is.EqualTo(!allowed.ContainsKey(id)));
            if (!shown.TryGet(out var details, out _)) continue;
            Assert.That(Json(details.Card), Is.EqualTo(Json(allowed[id])));
            Assert.That(Json(details.Episodes.Select(e => e.Id)), Is.EqualTo(Json(all.Where(e => allowed.GetValueOrDefault(e)?.SeriesId == id))));
        }

        foreach (var id in all.Where((_, i) => i % 3 == 0))
        {
            var playable = await titles.Host.Send(new GetPlayable(id), viewer);
            Assert.That(playable.Error?.Kind == ErrorKind.NotFound, Is.EqualTo(!allowed.ContainsKey(id)));
            if (playable.TryGet(out var found, out _) && found.NextTitleId is { } next) Assert.That(allowed, Does.ContainKey(next));
        }

        var listed = allowed.Values.Where(c => c.Kind != TitleKinds.Episode).OrderByDescending(c => c.Id).ToList();
        foreach (var genre in new[] { "all", "g0", "g1", "g2" })
        {
            var wanted = listed.Where(c => c.Genres.Contains(genre)).ToList();
            Assert.That(Json((await titles.Host.Send(new BrowseTitles(Genre: genre, Limit: 100), viewer)).Value.Items), Is.EqualTo(Json(wanted)), genre);
            Assert.That((await titles.Host.Send(new GetGenreShelves([genre], 100), viewer)).Value.Items[0].Titles.Select(t => t.Id), Is.EqualTo(wanted.Select(c => c.Id)), genre);
        }

        Assert.That((await titles.Host.Send(new GetGenres(), viewer)).Value.Items.Sum(g => g.Titles), Is.EqualTo(listed.Sum(c => c.Genres.Count)));
    }

    private static async Task<T> FromDatabase<T>(TitlesHost titles, Caller viewer, Func<CatalogDbContext, Task<T>> read)
    {
        await using var scope = titles.Host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = viewer;
        return await read(scope.ServiceProvider.GetRequiredService<CatalogDbContext>());
    }

    private static string Json<T>(T value) => System.Text.Json.JsonSerializer.Serialize(value, ContractJson.Options);
}
