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

/// <summary>
/// Takes back every media address that a key has signed, within a second on every host: for a key that has got into wrong hands. Players in
/// the middle of a film have to open it again.
/// </summary>
internal static class RevokeSigningKey
{
    [Requires(Roles.Operator)]
    internal sealed record Command(string Id) : IRequest<Result<Done>>;

    internal sealed class Handler(PlaybackDbContext db, SigningKeys keys) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (await db.SigningKeys.Where(k => k.Id == command.Id).ExecuteDeleteAsync(cancellationToken) == 0) return Error.NotFound("signing key", command.Id);
            await keys.Revoked(command.Id, cancellationToken);
            return Done.Instance;
        }
    }

    internal static void Map(RouteGroupBuilder keys) =>
        keys.MapDelete("/{id}", async (string id, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id), ct)).ToHttp(_ => TypedResults.NoContent()))
            .WithName("RevokeSigningKey").WithSummary("Takes back every media address that the key has signed, at once on every host; for operators.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
