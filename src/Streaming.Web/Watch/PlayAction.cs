using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Playback;
using Streaming.Web.Shared;

namespace Streaming.Web.Watch;

/// <summary>What the play button of a title does: for a series, the episode in hand, the one after a finished one, the first that was left out, or the first.</summary>
internal sealed record PlayAction(Guid Id, string Label, TitleProgress? Progress)
{
    public static PlayAction? For(TitleDetails title, IReadOnlyDictionary<Guid, TitleProgress> progress)
    {
        if (title.Card.Kind != TitleKinds.Series)
            return title.Card.Playable ? Of(title.Card, "", progress.GetValueOrDefault(title.Card.Id)) : null;

        var episodes = title.Episodes;
        var last = episodes.Select((episode, index) => (index, seen: progress.GetValueOrDefault(episode.Id)))
            .Where(e => e.seen is not null).OrderByDescending(e => e.seen!.At).Select(e => (int?)(e.seen!.Completed ? e.index + 1 : e.index)).FirstOrDefault();
        var playable = episodes.Where(e => e.Playable).ToList();
        var next = episodes.Skip(last ?? 0).FirstOrDefault(e => e.Playable)
            ?? playable.Find(e => progress.GetValueOrDefault(e.Id) is not { Completed: true })
            ?? playable.FirstOrDefault();
        return next is null ? null : Of(next, $" {Words.Episode(next)}", progress.GetValueOrDefault(next.Id));
    }

    /// <summary>How far the viewer is in a title and its episodes.</summary>
    public static async Task<IReadOnlyDictionary<Guid, TitleProgress>> ProgressAsync(TitleDetails title, Func<Guid[], Task<Result<ProgressList>>> ask) =>
        (await ask([title.Card.Id, .. title.Episodes.Select(e => e.Id).Take(199)])).TryGet(out var progress, out _)
            ? progress.Items.ToDictionary(p => p.TitleId)
            : new Dictionary<Guid, TitleProgress>();

    private static PlayAction Of(TitleCard card, string suffix, TitleProgress? progress)
    {
        var begun = progress is { Completed: false, PositionSeconds: > 0 } ? progress : null;
        return new PlayAction(card.Id, (begun is null ? "Play" : "Resume") + suffix, begun);
    }
}
