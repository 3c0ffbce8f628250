using Streaming.Platform.Dial;
using Streaming.Users;

namespace Streaming.Catalog.Titles;

/// <summary>Published titles as the caller may see them at this moment. For viewers; who sees drafts asks the database.</summary>
internal sealed class VisibleTitles(TitleCache cache, CallContext context, TimeProvider clock)
{
    public Audience Audience => new(context.Caller.MaturityLimit, clock.GetUtcNow());

    /// <summary>In the order of the ids, each once.</summary>
    public async Task<List<TitleFacts>> Find(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var found = await cache.Find(ids, cancellationToken);
        var missing = found.Values.Select(t => t.Card.SeriesId).OfType<Guid>().Where(id => !found.ContainsKey(id)).Distinct().ToArray();
        var series = missing.Length == 0 ? found : await cache.Find(missing, cancellationToken);
        var audience = Audience;
        return [.. ids.Distinct().Select(found.GetValueOrDefault).OfType<TitleFacts>().Where(t => audience.MaySee(t, SeriesOf(t)))];

        TitleFacts? SeriesOf(TitleFacts title) =>
            title.Card.SeriesId is not { } id ? null : found.GetValueOrDefault(id) ?? series.GetValueOrDefault(id);
    }

    public async Task<TitleFacts?> Find(Guid id, CancellationToken cancellationToken) => (await Find([id], cancellationToken)).SingleOrDefault();

    public async Task<IReadOnlyList<TitleCard>> Cards(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var found = await Find(ids, cancellationToken);
        var audience = Audience;
        return [.. found.Select(t => t.CardFor(audience))];
    }
}
