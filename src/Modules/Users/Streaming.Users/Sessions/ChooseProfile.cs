using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>Goes on as one of the household: the session is issued again with the profile in it.</summary>
internal static class ChooseProfile
{
    [Requires]
    internal sealed record Query(Guid Profile) : IRequest<Result<Session>>;

    internal sealed class Handler(UsersDbContext db, CallContext context) : IRequestHandler<Query, Result<Session>>
    {
        public async Task<Result<Session>> Handle(Query query, CancellationToken cancellationToken)
        {
            var subject = context.Caller.Subject;
            var account = await db.Accounts.AsNoTracking()
                .Where(a => a.Id == subject && a.Profiles.Any(p => p.Id == query.Profile))
                .Select(a => new { a.Id, a.SecurityStamp })
                .SingleOrDefaultAsync(cancellationToken);
            if (account is null) return Error.NotFound("profile", query.Profile);
            if (SessionHandler.SessionOf(context.Caller) is not { } session)
                return Error.Conflict("users:no-session", $"A key has no session to keep a profile in. Send the profile's id in the header {SessionHandler.ProfileHeader} instead.");
            return new Session(session, account.Id, account.SecurityStamp!, query.Profile);
        }
    }

    internal static void Map(RouteGroupBuilder profiles) =>
        profiles.MapPost("/{id:guid}/choose", async (Guid id, HttpContext http, SessionTokens tokens, IMediator mediator, CancellationToken ct) =>
            {
                var chosen = await mediator.Send(new Query(id), ct);
                if (!chosen.TryGet(out var session, out var error)) return Problems.From(error);
                if (http.User.Identity?.AuthenticationType == IdentityConstants.ApplicationScheme) await http.SetCookie(session);
                var token = tokens.Issue(session);
                return (IResult)TypedResults.Ok(new SignIn.Answer(token.Value, token.ExpiresInSeconds));
            })
            .WithName("ChooseProfile").WithSummary("Goes on as this profile: the cookie, or the token answered, carries it from now on.")
            .Produces<SignIn.Answer>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
}
