using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>Gives an account a new password, for somebody who has forgotten theirs; every session that it had is over.</summary>
internal static class ResetPassword
{
    [Requires(Roles.Operator)]
    internal sealed record Command(string Email, string Password) : IRequest<Result<Done>>
    {
        public override string ToString() => nameof(ResetPassword);
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Email).MustBeEmail();
            RuleFor(c => c.Password).MustBePassword();
        }
    }

    internal sealed class Handler(UsersDbContext db, UserManager<Account> users, Lockout lockout) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            var email = users.NormalizeEmail(command.Email)!;
            var account = await db.Accounts.SingleOrDefaultAsync(a => a.NormalizedEmail == email, cancellationToken);
            if (account is null) return Error.NotFound("account", command.Email);

            account.PasswordHash = users.PasswordHasher.HashPassword(account, command.Password);
            var saved = await users.UpdateSecurityStampAsync(account);
            if (!saved.Succeeded) return Error.Conflict("concurrent-change", "Somebody changed the account at the same moment. Try again.");
            await lockout.Forgive(Lockout.KeyOf(email), cancellationToken);
            return Done.Instance;
        }
    }

    internal static void Map(RouteGroupBuilder users) =>
        users.MapPost("/reset-password", async (Command command, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(command, ct)).ToHttp(_ => TypedResults.NoContent()))
            .WithName("ResetPassword").WithSummary("Gives an account a new password and ends its sessions; for operators.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
