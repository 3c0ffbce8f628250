using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Playback.Data;
using Streaming.Users;

namespace Streaming.Playback.Access;

/// <summary>The keys that media addresses are signed with, newest first; never the secrets.</summary>
internal static class ListSigningKeys
{
    [Requires(Roles.Operator)]
    internal sealed record Query : IRequest<Result<SigningKeyList>>;

    internal sealed record SigningKeyList(IReadOnlyList<SigningKeyView> Items);

    /// <param name="Id">Stands in every address that it has signed.</param>
    /// <param name="State">signing, or accepted: it signs nothing any more, but what it has signed is still taken.</param>
    internal sealed record SigningKeyView(string Id, string State, DateTimeOffset CreatedAt);

    internal sealed class Handler(PlaybackDbContext db) : IRequestHandler<Query, Result<SigningKeyList>>
    {
        public async Task<Result<SigningKeyList>> Handle(Query query, CancellationToken cancellationToken)
        {
            var keys = await db.SigningKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ToListAsync(cancellationToken);
            return new SigningKeyList([.. keys.Select((key, i) => new SigningKeyView(key.Id, i == 0 ? "signing" : "accepted", key.CreatedAt))]);
        }
    }

    internal static void Map(RouteGroupBuilder keys) =>
        keys.MapGet("/", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToHttp())
            .WithName("ListSigningKeys").WithSummary("The keys that media addresses are signed with, without their secrets; for operators.")
            .Produces<SigningKeyList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
