using MediatR;
using Streaming.Playback;
using Streaming.Recommendations.Data;

namespace Streaming.Recommendations.Popularity;

/// <summary>Counts what is watched: a start weighs one, reaching the end another one; minutes in between say nothing new.</summary>
internal sealed class CountView(RecommendationsDbContext db) : INotificationHandler<TitleWatched>
{
    public async Task Handle(TitleWatched notification, CancellationToken cancellationToken)
    {
        var weight = (notification.Started ? 1 : 0) + (notification.Completed ? 1 : 0);
        if (weight == 0) return;

        var title = await db.Popularity.FindAsync([notification.TitleId], cancellationToken)
            ?? db.Popularity.Add(new TitlePopularity(notification.TitleId)).Entity;
        title.Add(weight, notification.At);
        await db.SaveChangesAsync(cancellationToken);
    }
}
