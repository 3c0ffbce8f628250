using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>Signs a device out from afar; within a second no host takes its cookie or token any more. Operators may sign out anybody's.</summary>
internal static class EndSession
{
    /// <param name="Session">The one to end; absent for all of an account's but the one that asks.</param>
    /// <param name="Email">Whose, for operators; absent for the caller's own.</param>
    [Requires]
    internal sealed record Command(Guid? Session, string? Email = null) : IRequest<Result<Done>>;

    internal sealed class Handler(UsersDbContext db, AccountAskedFor accounts, CallContext context, TimeProvider clock) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (!(await accounts.Find(command.Email, cancellationToken)).TryGet(out var account, out var error)) return error;
            var (own, all) = (SessionHandler.SessionOf(context.Caller), context.Caller.IsIn(Roles.Operator));
            var live = db.Sessions.Where(s => s.EndedAt == null);
            var ending = await (command.Session is { } id
                ? live.Where(s => s.Id == id && (all || s.AccountId == account))
                : live.Where(s => s.AccountId == account && s.Id != own)).ToListAsync(cancellationToken);
            if (ending.Count == 0 && command.Session is { } missing) return Error.NotFound("session", missing);
            foreach (var session in ending) session.EndedAt = clock.GetUtcNow();
            await db.SaveChangesAsync(cancellationToken);
            return Done.Instance;
        }
    }

    internal static void Map(RouteGroupBuilder sessions)
    {
        sessions.MapDelete("/{id:guid}", async (Guid id, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id), ct)).ToHttp(_ => TypedResults.NoContent()))
            .WithName("EndSession").WithSummary("Signs a device out, at once on every host.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
        sessions.MapDelete("/", async (IMediator mediator, CancellationToken ct, string? email = null) =>
                (await mediator.Send(new Command(null, email), ct)).ToHttp(_ => TypedResults.NoContent()))
            .WithName("EndOtherSessions").WithSummary("Signs every other device of the account out; for operators also those of the account with an email.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }
}
