using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.ApiKeys;

/// <summary>The caller's keys that have not been revoked, newest first; never the keys themselves.</summary>
internal static class ListApiKeys
{
    [Requires]
    internal sealed record Query : IRequest<Result<ApiKeyList>>;

    internal sealed record ApiKeyList(IReadOnlyList<ApiKeyView> Items);

    /// <param name="Beginning">The first characters of the key.</param>
    internal sealed record ApiKeyView(Guid Id, string Name, string Role, string Beginning, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    internal sealed class Handler(UsersDbContext db, CallContext context) : IRequestHandler<Query, Result<ApiKeyList>>
    {
        public async Task<Result<ApiKeyList>> Handle(Query query, CancellationToken cancellationToken)
        {
            var subject = context.Caller.Subject;
            return new ApiKeyList(await db.ApiKeys.AsNoTracking().Where(k => k.AccountId == subject && k.RevokedAt == null).OrderByDescending(k => k.Id)
                .Select(k => new ApiKeyView(k.Id, k.Name, k.Role, k.Beginning, k.CreatedAt, k.ExpiresAt)).ToListAsync(cancellationToken));
        }
    }

    internal static void Map(RouteGroupBuilder keys) =>
        keys.MapGet("/", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToHttp())
            .WithName("ListApiKeys").WithSummary("The account's keys, newest first, without the keys themselves.")
            .Produces<ApiKeyList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
}
