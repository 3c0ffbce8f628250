using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Streaming.Catalog;
using Streaming.EdgeRouting;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Playback.Access;
using Streaming.Playback.Data;
using Streaming.Playback.Telemetry;
using Streaming.Users;

namespace Streaming.Playback.Sessions;

/// <summary>Starts playback: what to play, from where, by which signed addresses, and where to resume.</summary>
internal static class OpenSession
{
    internal sealed record Body(Guid TitleId, Guid? ProfileId = null);

    internal sealed class Handler(
        PlaybackDbContext db,
        IMediator mediator,
        SigningKeys keys,
        CallContext context,
        PlaybackMetrics metrics,
        IOptions<TokenOptions> options,
        TimeProvider clock) : IRequestHandler<StartPlayback, Result<PlaybackSession>>, IAsksFirst<StartPlayback>
    {
        private Asked? _asked;

        public async Task<Error?> Ask(StartPlayback request, CancellationToken cancellationToken)
        {
            if (context.Caller.ProfileId is not { } profile)
                return Error.Conflict("playback:profile-required", "Choose a profile first: progress and age limits belong to one.");

            var found = await mediator.Send(new GetPlayable(request.TitleId), cancellationToken);
            if (!found.TryGet(out var playable, out var error)) return error;
            var sources = await mediator.Send(new GetFetchSources(playable.AssetId), cancellationToken);
            var source = sources.TryGet(out var list, out _) ? list.Items[0].BaseUrl : ""; // the host that answers always serves, too
            _asked = new Asked(profile, playable, source);
            return null;
        }

        public async Task<Result<PlaybackSession>> Handle(StartPlayback request, CancellationToken cancellationToken)
        {
            var (profile, playable, source) = _asked!;
            var now = clock.GetUtcNow();
            var expires = DateTimeOffset.FromUnixTimeSeconds((now + options.Value.LifeFor(playable.DurationSeconds)).ToUnixTimeSeconds());
            var asset = MediaKeys.Revision(playable.AssetId, playable.Revision);
            var token = MediaToken.Sign(asset, profile, expires, await keys.Current(db, cancellationToken));
            var progress = await db.Progress.AsNoTracking()
                .SingleOrDefaultAsync(p => p.ProfileId == profile && p.TitleId == playable.TitleId, cancellationToken);
            var session = new Session
            {
                Id = Guid.CreateVersion7(now),
                ProfileId = profile,
                TitleId = playable.TitleId,
                AssetId = playable.AssetId,
                Revision = playable.Revision,
                DurationSeconds = playable.DurationSeconds,
                StartedAt = now,
            };
            db.Sessions.Add(session);
            await db.SaveChangesAsync(cancellationToken);
            metrics.Opened();

            string Address(string file) => $"{source}/m/{token}/{asset}/{file}";
            return new PlaybackSession(
                session.Id, playable.TitleId, playable.Name, Address("master.m3u8"), Address("manifest.mpd"),
                playable.HasThumbnails ? Address("thumbs/thumbs.vtt") : null,
                progress?.ResumeSeconds ?? 0, playable.DurationSeconds, Tracks(playable.Audio), Tracks(playable.Subtitles),
                expires, playable.NextTitleId, playable.NextName);
        }

        private sealed record Asked(Guid Profile, Playable Playable, string Source);

        private static PlaybackTrack[] Tracks(IReadOnlyList<TrackView> tracks) => [.. tracks.Select(t => new PlaybackTrack(t.Language, t.Label))];
    }

    internal static void Map(RouteGroupBuilder playback) => playback
        .MapPost("/sessions", async (Body body, HttpRequest request, CallContext context, IMediator mediator, CancellationToken ct) =>
        {
            if (context.Caller.IsKnown && body.ProfileId is { } wanted && context.Caller.ProfileId is { } own && wanted != own)
                return Problems.From(Error.Forbidden("playback:other-profile", "That is not the profile chosen. Choose it first, then start playback."));
            var opened = await mediator.Send(new StartPlayback(request.CommandId, body.TitleId), ct);
            return opened.ToHttp(session => TypedResults.Created($"/api/playback/sessions/{session.Id}", session));
        })
        .TakesIdempotencyKey()
        .WithName("StartPlayback").WithSummary("Opens a playback session: signed addresses, resume position, tracks")
        .Produces<PlaybackSession>(StatusCodes.Status201Created)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
}
