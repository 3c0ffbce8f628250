using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Playback.Data;
using Streaming.Users;

namespace Streaming.Playback.Sessions;

/// <summary>How a session of the profile's own stands.</summary>
internal static class ShowSession
{
    [Requires]
    internal sealed record Query(Guid Id) : IRequest<Result<View>>;

    /// <summary>A session.</summary>
    internal sealed record View(
        Guid Id, Guid TitleId, DateTimeOffset StartedAt, double PositionSeconds, double DurationSeconds, double WatchedSeconds, bool Completed, Quality Quality);

    /// <summary>Quality of experience.</summary>
    /// <param name="StartupSeconds">From the click to the first picture; absent until there was one.</param>
    /// <param name="RebufferRatio">Time stood still over time watched.</param>
    /// <param name="StalledSeconds">Time stood still.</param>
    /// <param name="Stalls">How often.</param>
    /// <param name="Switches">Of rungs.</param>
    /// <param name="Height">Of the rung shown last; 0 where not told.</param>
    /// <param name="AverageBandwidth">Time-weighted, bits per second; absent where not told.</param>
    /// <param name="DroppedFrames">In all.</param>
    /// <param name="Errors">Reported.</param>
    internal sealed record Quality(
        double? StartupSeconds, double RebufferRatio, double StalledSeconds, int Stalls, int Switches, int Height, long? AverageBandwidth, long DroppedFrames, int Errors);

    internal sealed class Handler(PlaybackDbContext db, CallContext context) : IRequestHandler<Query, Result<View>>
    {
        public async Task<Result<View>> Handle(Query query, CancellationToken cancellationToken)
        {
            var s = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == query.Id, cancellationToken);
            if (s is null || s.ProfileId != context.Caller.ProfileId) return Error.NotFound("playback session", query.Id);
            var (q, watched) = (s.Quality, s.WatchedSeconds);
            return new View(s.Id, s.TitleId, s.StartedAt, s.PositionSeconds, s.DurationSeconds, watched, s.Completed, new Quality(
                q.StartupSeconds, watched > 0 ? q.StalledSeconds / watched : 0, q.StalledSeconds, q.Stalls, q.Switches, q.Height,
                q.AverageBandwidth, q.DroppedFrames, q.Errors));
        }
    }

    internal static void Map(RouteGroupBuilder playback) => playback
        .MapGet("/sessions/{id:guid}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id), ct)).ToHttp())
        .WithName("GetPlaybackSession").WithSummary("How a session of one's own stands: position and quality of experience")
        .Produces<View>().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
}
