using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Playback.Data;
using Streaming.Playback.Progress;
using Streaming.Playback.Telemetry;
using Streaming.Users;

namespace Streaming.Playback.Sessions;

/// <summary>Takes a batch of what happened in a player: progress, and quality of experience.</summary>
internal static class ReportEvents
{
    private const int MostEvents = 500;
    private const int MostBytes = 256 * 1024;

    [Requires]
    internal sealed record Command(Guid SessionId, IReadOnlyList<PlayerEvent> Events) : IRequest<Result<Answer>>;

    /// <summary>What became of a batch.</summary>
    /// <param name="Accepted">Events counted now.</param>
    /// <param name="Duplicates">Events that had been counted before.</param>
    /// <param name="PositionSeconds">The session's position now.</param>
    internal sealed record Answer(int Accepted, int Duplicates, double PositionSeconds);

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Events).Must(e => e.Count <= MostEvents).WithMessage($"At most {MostEvents} events a batch.");
            RuleForEach(c => c.Events).NotNull().ChildRules(e =>
            {
                e.RuleFor(x => x.Sequence).GreaterThanOrEqualTo(0);
                e.RuleFor(x => x.Kind).Must(PlayerEvents.All.Contains).WithMessage($"A kind is one of {string.Join(", ", PlayerEvents.All)}.");
                e.RuleFor(x => x.StartupSeconds).InclusiveBetween(0, 3600);
                e.RuleFor(x => x.StalledSeconds).InclusiveBetween(0, 86_400);
                e.RuleFor(x => x.Height).InclusiveBetween(0, 16_384);
                e.RuleFor(x => x.Bandwidth).InclusiveBetween(0, 1_000_000_000);
                e.RuleFor(x => x.DroppedFrames).GreaterThanOrEqualTo(0);
            }).When(c => c.Events.Count <= MostEvents);
        }
    }

    internal sealed class Handler(PlaybackDbContext db, CallContext context, PlaybackMetrics metrics, TimeProvider clock)
        : IRequestHandler<Command, Result<Answer>>
    {
        private const int Attempts = 4;

        public async Task<Result<Answer>> Handle(Command command, CancellationToken cancellationToken)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await Count(command, cancellationToken);
                }
                catch (DbUpdateException) when (attempt < Attempts)
                {
                    db.ChangeTracker.Clear(); // another batch of the session, or another session of the title, came first: count from its state
                }
            }
        }

        private async Task<Result<Answer>> Count(Command command, CancellationToken ct)
        {
            var session = await db.Sessions.SingleOrDefaultAsync(s => s.Id == command.SessionId, ct);
            if (session is null || session.ProfileId != context.Caller.ProfileId) return Error.NotFound("playback session", command.SessionId);

            var now = clock.GetUtcNow();
            var counted = session.Count(command.Events, now);
            if (counted.MovedAt is { } movedAt) await Move(session, movedAt, now, ct);
            if (counted.Happened is { } happened) db.Outbox.Add(happened, now);
            await db.SaveChangesAsync(ct);

            if (counted.StartupSeconds is { } startup) metrics.Started(startup);
            metrics.Reported(counted.WatchedSeconds, counted.StalledSeconds, counted.Errors);
            return new Answer(counted.Accepted, command.Events.Count - counted.Accepted, session.PositionSeconds);
        }

        private async Task Move(Session session, DateTimeOffset movedAt, DateTimeOffset now, CancellationToken ct)
        {
            var progress = await db.Progress.FindAsync([session.ProfileId, session.TitleId], ct);
            if (progress is null)
            {
                progress = new WatchProgress { ProfileId = session.ProfileId, TitleId = session.TitleId };
                db.Progress.Add(progress);
            }

            progress.MoveTo(session.PositionSeconds, session.DurationSeconds, session.Id, movedAt, now);
        }
    }

    internal static void Map(RouteGroupBuilder playback) => playback
        .MapPost("/sessions/{id:guid}/events", async (Guid id, PlayerEvent[] events, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, events), ct)).ToHttp())
        .WithName("ReportPlaybackEvents").WithSummary("Takes a batch of player events; the same events again change nothing")
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .Produces<Answer>()
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
