using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Playback.Data;
using Streaming.Users;

namespace Streaming.Playback.Progress;

/// <summary>Positions in titles that somebody shows.</summary>
internal static class TellProgress
{
    internal sealed class Rules : AbstractValidator<GetProgress>
    {
        public Rules() => RuleFor(q => q.TitleIds).NotNull().Must(ids => ids is null || ids.Count <= 200).WithMessage("At most 200 titles at once.");
    }

    internal sealed class Handler(PlaybackDbContext db, CallContext context) : IRequestHandler<GetProgress, Result<ProgressList>>
    {
        public async Task<Result<ProgressList>> Handle(GetProgress request, CancellationToken cancellationToken)
        {
            if (context.Caller.ProfileId is not { } profile || request.TitleIds.Count == 0) return new ProgressList([]);
            var rows = await db.Progress.AsNoTracking()
                .Where(p => p.ProfileId == profile && request.TitleIds.Contains(p.TitleId) && (p.Completed || p.PositionSeconds >= WatchProgress.Begun))
                .OrderByDescending(p => p.At).ThenBy(p => p.TitleId).ToListAsync(cancellationToken);
            return new ProgressList([.. rows.Select(WatchProgress.View)]);
        }
    }
}
