using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>Who the caller is, and whether there is anybody yet.</summary>
internal static class ReadAccount
{
    internal sealed class Handler(UsersDbContext db, CallContext context) : IRequestHandler<GetAccount, Result<AccountView>>
    {
        public async Task<Result<AccountView>> Handle(GetAccount request, CancellationToken cancellationToken)
        {
            var id = context.Caller.Subject;
            var account = await db.Accounts.AsNoTracking().Where(a => a.Id == id)
                .Select(a => new { a.Id, a.Email, a.IsPublisher, a.IsOperator })
                .SingleOrDefaultAsync(cancellationToken);
            return account is null
                ? Error.NotFound("account", id?.ToString() ?? "of the system")
                : new AccountView(account.Id, account.Email!, Account.RolesOf(account.IsPublisher, account.IsOperator));
        }
    }

    internal sealed class SetupHandler(UsersDbContext db, IOptions<RegistrationOptions> options) : IRequestHandler<GetSetupState, Result<SetupState>>
    {
        public async Task<Result<SetupState>> Handle(GetSetupState request, CancellationToken cancellationToken) =>
            new SetupState(await db.Accounts.AnyAsync(cancellationToken), options.Value.Open);
    }

    internal static void Map(RouteGroupBuilder users) =>
        users.MapGet("/me", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new GetAccount(), ct)).ToHttp())
            .WithName("GetAccount").WithSummary("The account that is signed in.")
            .Produces<AccountView>()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
}
