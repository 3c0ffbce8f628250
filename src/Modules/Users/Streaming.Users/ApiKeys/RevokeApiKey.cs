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

/// <summary>Takes a key back; within a second no host takes it any more. Operators may take back anybody's.</summary>
internal static class RevokeApiKey
{
    [Requires]
    internal sealed record Command(Guid Id) : IRequest<Result<Done>>;

    internal sealed class Handler(UsersDbContext db, CallContext context, TimeProvider clock) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            var subject = context.Caller.Subject;
            var all = context.Caller.IsIn(Roles.Operator);
            var key = await db.ApiKeys.SingleOrDefaultAsync(k => k.Id == command.Id && k.RevokedAt == null && (all || k.AccountId == subject), cancellationToken);
            if (key is null) return Error.NotFound("key", command.Id);
            key.RevokedAt = clock.GetUtcNow();
            await db.SaveChangesAsync(cancellationToken);
            return Done.Instance;
        }
    }

    internal static void Map(RouteGroupBuilder keys) =>
        keys.MapDelete("/{id:guid}", async (Guid id, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id), ct)).ToHttp(_ => TypedResults.NoContent()))
            .WithName("RevokeApiKey").WithSummary("Takes a key back, at once on every host.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
