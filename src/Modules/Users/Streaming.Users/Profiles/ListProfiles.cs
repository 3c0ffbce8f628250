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

/// <summary>The profiles of the caller's account, all on one page: there are never more than five.</summary>
internal static class ListProfiles
{
    internal sealed class Handler(UsersDbContext db, CallContext context) : IRequestHandler<GetProfiles, Result<ProfileList>>
    {
        public async Task<Result<ProfileList>> Handle(GetProfiles request, CancellationToken cancellationToken)
        {
            var account = context.Caller.Subject;
            return new ProfileList(await db.Profiles.AsNoTracking().Where(p => p.AccountId == account).OrderBy(p => p.Id)
                .Select(p => new ProfileView(p.Id, p.Name, p.MaturityLimit, p.Colour)).ToListAsync(cancellationToken));
        }
    }

    internal static void Map(RouteGroupBuilder profiles) =>
        profiles.MapGet("", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new GetProfiles(), ct)).ToHttp())
            .WithName("GetProfiles").WithSummary("The account's profiles, oldest first.")
            .Produces<ProfileList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
}
