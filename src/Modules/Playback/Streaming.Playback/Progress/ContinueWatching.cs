using FluentValidation;
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

namespace Streaming.Playback.Progress;

/// <summary>What the profile has begun and not finished.</summary>
internal static class ContinueWatching
{
    internal sealed class Rules : AbstractValidator<GetContinueWatching>
    {
        public Rules() => RuleFor(q => q.Limit).InclusiveBetween(1, 100);
    }

    internal sealed class Handler(PlaybackDbContext db, CallContext context) : IRequestHandler<GetContinueWatching, Result<ProgressList>>
    {
        public async Task<Result<ProgressList>> Handle(GetContinueWatching request, CancellationToken cancellationToken)
        {
            if (context.Caller.ProfileId is not { } profile) return new ProgressList([]);
            var rows = await db.Progress.AsNoTracking()
                .Where(p => p.ProfileId == profile && !p.Completed && p.PositionSeconds >= WatchProgress.Begun)
                .OrderByDescending(p => p.At).ThenBy(p => p.TitleId).Take(request.Limit).ToListAsync(cancellationToken);
            return new ProgressList([.. rows.Select(WatchProgress.View)]);
        }
    }

    internal static void Map(RouteGroupBuilder playback) => playback
        .MapGet("/continue-watching", async (IMediator mediator, CancellationToken ct, int limit = 20) =>
            (await mediator.Send(new GetContinueWatching(limit), ct)).ToHttp())
        .WithName("GetContinueWatching").WithSummary("What the profile has begun and not finished, latest first")
        .Produces<ProgressList>().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
