using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.Profiles;

/// <summary>Removes a profile and tells the other modules, which forget what they keep for it. The last one stays.</summary>
internal static class DeleteProfile
{
    [Requires]
    internal sealed record Command(Guid Profile) : IRequest<Result<Done>>;

    internal sealed class Handler(UsersDbContext db, CallContext context, TimeProvider clock) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            var subject = context.Caller.Subject;
            var account = await db.Accounts.Include(a => a.Profiles).SingleOrDefaultAsync(a => a.Id == subject, cancellationToken);
            if (account?.Profiles.SingleOrDefault(p => p.Id == command.Profile) is not { } profile) return Error.NotFound("profile", command.Profile);
            if (account.RemoveProfile(profile) is { } refusal) return refusal;

            db.Profiles.Remove(profile);
            db.Outbox.Add(new ProfileDeleted(profile.Id), clock.GetUtcNow());
            await db.SaveChangesAsync(cancellationToken);
            return Done.Instance;
        }
    }

    internal static void Map(RouteGroupBuilder profiles) =>
        profiles.MapDelete("/{id:guid}", async (Guid id, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id), ct)).ToHttp(_ => TypedResults.NoContent()))
            .WithName("DeleteProfile").WithSummary("Deletes a profile with all that is kept for it; not the last one.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
}
