using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Recommendations.Data;

namespace Streaming.Recommendations.Home;

/// <summary>
/// Gathers the rows that a caller's home page may have, each as long as it may get. The catalogue is asked on behalf of the caller,
/// so what the caller may not see never enters a row.
/// </summary>
internal sealed class CandidateRows(RecommendationsDbContext db, IMediator mediator)
{
    public const string Popular = "popular";
    public const string New = "new";

    private const int RowLength = 40;
    private const int Candidates = 100;
    private const int MostGenres = 8;
    private const int LeastInGenre = 3;

    public async Task<Result<HomeRow[]>> Gather(CancellationToken ct)
    {
        var watched = await db.Popularity.OrderByDescending(p => p.Rank).Take(Candidates).Select(p => new { p.TitleId, p.Rank }).ToListAsync(ct);
        var newest = await db.Published.OrderByDescending(t => t.PublishedAt).ThenByDescending(t => t.TitleId)
            .Take(Candidates).Select(t => t.TitleId).ToListAsync(ct);

        var known = await Shown([.. watched.Select(w => w.TitleId).Union(newest)], ct);
        if (!known.TryGet(out var shown, out var error)) return error;
        var byGenre = await ByGenre(ct);
        if (!byGenre.TryGet(out var genres, out error)) return error;

        // Ranks are logarithms: taken relative to the highest, an episode's views can be added to its series' own.
        var score = watched.Where(w => shown.ContainsKey(w.TitleId))
            .GroupBy(w => shown[w.TitleId], w => Math.Pow(2, w.Rank - watched[0].Rank))
            .ToDictionary(views => views.Key, views => views.Sum());

        HomeRow[] rows =
        [
            new(Popular, "Popular now", [.. score.OrderByDescending(s => s.Value).ThenByDescending(s => s.Key).Take(RowLength).Select(s => s.Key)]),
            new(New, "New on Streaming", [.. newest.Where(shown.ContainsKey).Select(id => shown[id]).Distinct().Take(RowLength)]),
            .. genres.Select(g => new HomeRow($"genre:{g.Genre}", Heading(g.Genre), [.. g.Titles.OrderByDescending(id => score.GetValueOrDefault(id))])),
        ];
        return rows.Where(row => row.TitleIds.Count > 0).ToArray();
    }

    /// <summary>For each title that may be shown the one to show for it: an episode is shown as its series.</summary>
    private async Task<Result<Dictionary<Guid, Guid>>> Shown(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return new Dictionary<Guid, Guid>();
        var asked = await mediator.Send(new GetTitles(ids), ct);
        if (!asked.TryGet(out var titles, out var error)) return error;

        var cards = titles.Items.Where(IsPublished).ToDictionary(c => c.Id);
        var series = cards.Values.Select(c => c.SeriesId).OfType<Guid>().Where(id => !cards.ContainsKey(id)).Distinct().ToArray();
        if (series.Length > 0)
        {
            var more = await mediator.Send(new GetTitles(series), ct);
            if (!more.TryGet(out titles, out error)) return error;
            foreach (var card in titles.Items.Where(IsPublished)) cards[card.Id] = card;
        }

        return cards.Values.Select(c => (c.Id, Shown: c.Kind == TitleKinds.Episode ? c.SeriesId : c.Id))
            .Where(c => c.Shown is { } shown && cards.ContainsKey(shown))
            .ToDictionary(c => c.Id, c => c.Shown!.Value);
    }

    private async Task<Result<(string Genre, Guid[] Titles)[]>> ByGenre(CancellationToken ct)
    {
        var asked = await mediator.Send(new GetGenres(), ct);
        if (!asked.TryGet(out var genres, out var error)) return error;

        var chosen = genres.Items.Where(g => g.Titles >= LeastInGenre).Take(MostGenres).Select(g => g.Genre).ToArray();
        if (chosen.Length == 0) return Array.Empty<(string, Guid[])>();
        var stocked = await mediator.Send(new GetGenreShelves(chosen, RowLength), ct);
        if (!stocked.TryGet(out var shelves, out error)) return error;

        return shelves.Items.Select(shelf => (shelf.Genre, Titles: shelf.Titles.Select(t => t.Id).ToArray()))
            .Where(row => row.Titles.Length >= LeastInGenre).ToArray();
    }

    // Publishers are also told of drafts; a home page is for watching.
    private static bool IsPublished(TitleCard card) => card.State == TitleStates.Published;

    private static string Heading(string genre) => string.Concat(genre[..1].ToUpperInvariant(), genre[1..]);
}
