using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Playback.Data;
using Streaming.Users;

namespace Streaming.Playback.Access;

/// <summary>Signs with a new key from now on; addresses that are in players' hands go on working.</summary>
internal static class RotateSigningKey
{
    [Requires(Roles.Operator)]
    internal sealed record Command : IRequest<Result<ListSigningKeys.SigningKeyView>>;

    internal sealed class Handler(PlaybackDbContext db, SigningKeys keys, TimeProvider clock) : IRequestHandler<Command, Result<ListSigningKeys.SigningKeyView>>
    {
        public async Task<Result<ListSigningKeys.SigningKeyView>> Handle(Command command, CancellationToken cancellationToken)
        {
            var key = SigningKey.Make(clock.GetUtcNow());
            db.SigningKeys.Add(key);
            await db.SaveChangesAsync(cancellationToken);
            await keys.Reload(cancellationToken);
            return new ListSigningKeys.SigningKeyView(key.Id, "signing", key.CreatedAt);
        }
    }

    internal static void Map(RouteGroupBuilder keys) =>
        keys.MapPost("/", async (IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(), ct)).ToHttp(key => TypedResults.Created($"/api/playback/signing-keys/{key.Id}", key)))
            .WithName("RotateSigningKey").WithSummary("Signs media addresses with a new key from now on; those signed before go on working. For operators.")
            .Produces<ListSigningKeys.SigningKeyView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
