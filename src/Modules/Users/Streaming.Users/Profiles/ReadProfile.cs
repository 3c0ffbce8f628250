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

/// <summary>One profile of the caller's account; of other accounts' profiles nobody learns that they exist.</summary>
internal static class ReadProfile
{
    [Requires]
    internal sealed record Query(Guid Profile) : IRequest<Result<ProfileView>>;

    internal sealed class Handler(UsersDbContext db, CallContext context) : IRequestHandler<Query, Result<ProfileView>>
    {
        public async Task<Result<ProfileView>> Handle(Query query, CancellationToken cancellationToken)
        {
            var account = context.Caller.Subject;
            var profile = await db.Profiles.AsNoTracking()
                .SingleOrDefaultAsync(p => p.Id == query.Profile && p.AccountId == account, cancellationToken);
            return profile is null ? Error.NotFound("profile", query.Profile) : profile.View;
        }
    }

    internal static void Map(RouteGroupBuilder profiles) =>
        profiles.MapGet("/{id:guid}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id), ct)).ToHttp())
            .WithName("GetProfile").WithSummary("One of the account's profiles.")
            .Produces<ProfileView>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
