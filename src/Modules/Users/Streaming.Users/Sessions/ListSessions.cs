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

/// <summary>The devices on which an account is signed in, last seen first.</summary>
internal static class ListSessions
{
    /// <param name="Email">Whose, for operators; absent for the caller's own.</param>
    [Requires]
    internal sealed record Query(string? Email = null) : IRequest<Result<SessionList>>;

    internal sealed record SessionList(IReadOnlyList<SessionView> Items);

    /// <param name="Device">What it calls itself.</param>
    /// <param name="Address">Where it signed in from.</param>
    /// <param name="SeenAt">To within five minutes.</param>
    /// <param name="Current">Whether it is the one that asks.</param>
    internal sealed record SessionView(Guid Id, string Device, string Address, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool Current);

    internal sealed class Handler(UsersDbContext db, AccountAskedFor accounts, CallContext context, TimeProvider clock) : IRequestHandler<Query, Result<SessionList>>
    {
        public async Task<Result<SessionList>> Handle(Query query, CancellationToken cancellationToken)
        {
            if (!(await accounts.Find(query.Email, cancellationToken)).TryGet(out var account, out var error)) return error;
            var (own, since) = (SessionHandler.SessionOf(context.Caller), clock.GetUtcNow() - SessionEntry.Unused);
            return new SessionList(await db.Sessions.AsNoTracking().Where(s => s.AccountId == account && s.EndedAt == null && s.SeenAt > since)
                .OrderByDescending(s => s.SeenAt).ThenByDescending(s => s.Id)
                .Select(s => new SessionView(s.Id, s.Device, s.Address, s.StartedAt, s.SeenAt, s.Id == own)).ToListAsync(cancellationToken));
        }
    }

    internal static void Map(RouteGroupBuilder sessions) =>
        sessions.MapGet("/", async (IMediator mediator, CancellationToken ct, string? email = null) => (await mediator.Send(new Query(email), ct)).ToHttp())
            .WithName("ListSessions").WithSummary("The devices on which the account is signed in, last seen first; for operators also those of the account with an email.")
            .Produces<SessionList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
