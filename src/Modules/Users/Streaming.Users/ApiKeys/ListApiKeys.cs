using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;
using Streaming.Users.Data;

namespace Streaming.Users.ApiKeys;

/// <summary>An account's keys that have not been revoked, newest first; never the keys themselves.</summary>
internal static class ListApiKeys
{
    /// <param name="Email">Whose, for operators; absent for the caller's own.</param>
    [Requires]
    internal sealed record Query(string? Email = null) : IRequest<Result<ApiKeyList>>;

    internal sealed record ApiKeyList(IReadOnlyList<ApiKeyView> Items);

    /// <param name="Beginning">The first characters of the key.</param>
    internal sealed record ApiKeyView(Guid Id, string Name, string Role, string Beginning, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    internal sealed class Handler(UsersDbContext db, AccountAskedFor accounts) : IRequestHandler<Query, Result<ApiKeyList>>
    {
        public async Task<Result<ApiKeyList>> Handle(Query query, CancellationToken cancellationToken)
        {
            if (!(await accounts.Find(query.Email, cancellationToken)).TryGet(out var account, out var error)) return error;
            return new ApiKeyList(await db.ApiKeys.AsNoTracking().Where(k => k.AccountId == account && k.RevokedAt == null).OrderByDescending(k => k.Id)
                .Select(k => new ApiKeyView(k.Id, k.Name, k.Role, k.Beginning, k.CreatedAt, k.ExpiresAt)).ToListAsync(cancellationToken));
        }
    }

    internal static void Map(RouteGroupBuilder keys) =>
        keys.MapGet("/", async (IMediator mediator, CancellationToken ct, string? email = null) => (await mediator.Send(new Query(email), ct)).ToHttp())
            .WithName("ListApiKeys").WithSummary("The account's keys, newest first, without the keys themselves; for operators also those of the account with an email.")
            .Produces<ApiKeyList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
