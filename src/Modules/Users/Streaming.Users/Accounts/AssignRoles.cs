using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>Says what an account may do. There is always at least one operator.</summary>
internal static class AssignRoles
{
    [Requires(Roles.Operator)]
    internal sealed record Command(Guid Account, IReadOnlyList<string>? Names) : IRequest<Result<AccountView>>;

    internal sealed record Body(IReadOnlyList<string>? Roles);

    internal sealed class Rules : AbstractValidator<Command>
    {
        private static readonly string[] _all = [Roles.Viewer, Roles.Publisher, Roles.Operator];

        public Rules() => RuleFor(c => c.Names)
            .Must(names => names is { Count: <= 3 } && names.All(_all.Contains))
            .WithMessage("Name the roles out of viewer, publisher and operator.").OverridePropertyName("roles");
    }

    internal sealed class Handler(UsersDbContext db) : IRequestHandler<Command, Result<AccountView>>
    {
        public async Task<Result<AccountView>> Handle(Command command, CancellationToken cancellationToken)
        {
            var account = await db.Accounts.SingleOrDefaultAsync(a => a.Id == command.Account, cancellationToken);
            if (account is null) return Error.NotFound("account", command.Account);

            if (account.IsOperator && !command.Names!.Contains(Roles.Operator))
            {
                // Read before counting, so that of two who do this at once the second one's version is stale.
                var installation = await db.Installations.SingleAsync(cancellationToken);
                if (!await db.Accounts.AnyAsync(a => a.IsOperator && a.Id != account.Id, cancellationToken))
                    return Error.Conflict("users:last-operator", "This is the only operator. Make another account operator first.");
                installation.Version++;
            }

            account.Assign([.. command.Names!]);
            await db.SaveChangesAsync(cancellationToken);
            return new AccountView(account.Id, account.Email!, account.RoleNames);
        }
    }

    internal static void Map(RouteGroupBuilder users) =>
        users.MapPut("/accounts/{id:guid}/roles", async (Guid id, Body body, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, body.Roles), ct)).ToHttp())
            .WithName("AssignRoles").WithSummary("Replaces an account's roles; for operators.")
            .Produces<AccountView>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
